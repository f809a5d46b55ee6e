#pragma once
/// A recording in memory, on a disk that can be full.
#include <cstddef>
#include <string>
#include <string_view>

#include "mcp/recording_sink.h"

namespace merlon::test {

class MemorySink final : public RecordingSink {
 public:
  /// Above `most` bytes a line is written in part and is an error.
  explicit MemorySink(std::string& bytes, std::size_t most = std::string::npos)
      : bytes_(bytes), most_(most) {}

  Status append(std::string_view line) override {
    if (line.size() > most_ - bytes_.size()) {
      bytes_.append(line.substr(0, most_ - bytes_.size()));
      return fail(ErrorCode::kIo, "the disk is full");
    }
    bytes_.append(line);
    return {};
  }

 private:
  std::string& bytes_;
  std::size_t most_;
};

}  // namespace merlon::test
