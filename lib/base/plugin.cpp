#include "base/plugin.h"

#include <array>
#include <cerrno>
#include <climits>
#include <string>

#include <dlfcn.h>
#include <unistd.h>

namespace merlon {
namespace {

Result<std::string> program_folder() {
  std::array<char, PATH_MAX> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length <= 0) {
    return fail(ErrorCode::kUnsupported, "cannot find the program's own folder");
  }
  const std::string_view file(path.data(), static_cast<std::size_t>(length));
  return std::string(file.substr(0, file.rfind('/')));
}

// The first place that has the file decides: a broken plug-in is reported, not passed over.
Result<void*> open_plugin(const std::string& file) {
  MERLON_TRY(const std::string folder, program_folder());
  for (const std::string_view place : {"/lib/merlon/", "/../lib/merlon/"}) {
    std::string path = folder;
    path.append(place).append(file);
    if (::access(path.c_str(), F_OK) != 0) {
      continue;
    }
    // dlopen counts references, so asking again is cheap and needs no state of ours.
    void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) {
      return handle;
    }
    const char* reason = ::dlerror();  // NOLINT(concurrency-mt-unsafe): per thread in glibc
    return fail(ErrorCode::kUnsupported, "cannot load the plug-in `", file,
                "`: ", reason != nullptr ? reason : "unknown reason");
  }
  Error error = make_error(ErrorCode::kUnsupported, "the plug-in `", file, "` is missing");
  error.hints.emplace_back("it belongs in `lib/merlon` beside the program or one folder up");
  return std::unexpected(std::move(error));
}

}  // namespace

Result<void*> load_plugin_symbol(std::string_view name, std::string_view symbol) {
  const std::string file = "merlon_plugin_" + std::string(name) + ".so";
  MERLON_TRY(void* handle, open_plugin(file));
  void* found = ::dlsym(handle, std::string(symbol).c_str());
  if (found == nullptr) {
    return fail(ErrorCode::kUnsupported, "the plug-in `", file, "` has no `", symbol, "`");
  }
  return found;
}

}  // namespace merlon
