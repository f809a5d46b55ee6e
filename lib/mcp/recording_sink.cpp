#include "mcp/recording_sink.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/process/unique_fd.h"

namespace merlon {
namespace {

std::string sink_reason(int error) {
  return std::generic_category().message(error);
}

class DescriptorSink final : public RecordingSink {
 public:
  DescriptorSink(int descriptor, UniqueFd owned, std::string name)
      : descriptor_(descriptor), owned_(std::move(owned)), name_(std::move(name)) {}

  Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) {
        continue;
      }
      if (written < 0) {
        return fail(ErrorCode::kIo, "cannot write `", name_, "`: ", sink_reason(errno));
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

 private:
  int descriptor_;
  UniqueFd owned_;  ///< closed when this goes; may hold none
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<RecordingSink>> open_recording_file(const std::string& path) {
  // O_EXCL: neither an older recording nor what a link leads to is written over.
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!file.open()) {
    const int error = errno;
    Error out = make_error(error == EEXIST ? ErrorCode::kUsage : ErrorCode::kIo,
                           "cannot make the recording `", path, "`: ", sink_reason(error));
    if (error == EEXIST) {
      out.hints.emplace_back("a recording is never written over: name a new file");
    }
    return std::unexpected(std::move(out));
  }
  const int descriptor = file.get();
  return std::unique_ptr<RecordingSink>(
      std::make_unique<DescriptorSink>(descriptor, std::move(file), path));
}

std::unique_ptr<RecordingSink> make_recording_sink(int descriptor, std::string name) {
  return std::make_unique<DescriptorSink>(descriptor, UniqueFd(), std::move(name));
}

}  // namespace merlon
