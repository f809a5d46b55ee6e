#include "base/process/private_folder.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace merlon {
namespace {

std::string folder_reason(int error) {
  return std::generic_category().message(error);
}

}  // namespace

std::vector<std::string> names_in_folder(int folder, std::string_view suffix) {
  std::vector<std::string> names;
  const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = copy < 0 ? nullptr : ::fdopendir(copy);
  if (stream == nullptr) {
    return names;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone
  while (const dirent* const entry = ::readdir(stream)) {
    const std::string_view name(&entry->d_name[0]);
    if (name.ends_with(suffix)) {
      names.emplace_back(name);
    }
  }
  ::closedir(stream);
  std::ranges::sort(names);
  return names;
}

Result<std::string> read_small(int fd, std::size_t most) {
  std::string bytes(most + 1, '\0');
  std::size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t got =
        ::pread(fd, bytes.data() + used, bytes.size() - used, static_cast<off_t>(used));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail(ErrorCode::kIo, folder_reason(errno));
    }
    if (got == 0) {
      break;
    }
    used += static_cast<std::size_t>(got);
  }
  bytes.resize(used);
  return bytes;
}

Result<UniqueFd> open_own_file(int folder, const std::string& name, int flags) {
  UniqueFd fd(
      ::openat(folder, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600));
  if (!fd.open()) {
    const int error = errno;
    return fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, folder_reason(error));
  }
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "it is no regular file");
  }
  if (status.st_uid != ::geteuid()) {
    return fail(ErrorCode::kIo, "it belongs to another user");
  }
  if ((status.st_mode & 022U) != 0) {
    return fail(ErrorCode::kIo, "others can write it");
  }
  return fd;
}

Result<UniqueFd> open_private_folder(const std::string& path) {
  std::error_code problem;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  std::filesystem::create_directories(parent, problem);
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorCode::kIo, "cannot make `", path, "`: ", folder_reason(errno));
  }
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status{};
  if (!fd.open() || ::fstat(fd.get(), &status) != 0) {
    return fail(ErrorCode::kIo, "cannot open `", path, "`: ", folder_reason(errno));
  }
  if (status.st_uid != ::geteuid()) {
    return fail(ErrorCode::kIo, "`", path, "` belongs to another user");
  }
  if ((status.st_mode & 022U) != 0) {
    return fail(ErrorCode::kIo, "others can write into `", path, "`");
  }
  if ((status.st_mode & 077U) != 0 && ::fchmod(fd.get(), 0700) != 0) {
    return fail(ErrorCode::kIo, "others can look into `", path, "`");
  }
  return fd;
}

}  // namespace merlon
