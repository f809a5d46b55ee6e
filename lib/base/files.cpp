#include "base/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <system_error>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace merlon {
namespace {

std::string file_reason(int error) {
  return std::generic_category().message(error);
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// Small files are copied: a mapping costs page faults, and a file that shrinks while mapped raises
// SIGBUS.
constexpr std::size_t kMapAbove = 8U << 20U;

Result<std::shared_ptr<const SourceText>> map_file(int fd, std::string name, std::size_t size) {
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (memory == MAP_FAILED) {
    return fail(ErrorCode::kIo, "cannot map `", name, "`: ", file_reason(errno));
  }
  const std::shared_ptr<const void> owner(
      memory, [size](const void* m) { ::munmap(const_cast<void*>(m), size); });
  return std::make_shared<const SourceText>(
      std::move(name), std::string_view(static_cast<const char*>(memory), size), owner);
}

// Reads to the end: /proc files and files that grow say a wrong size.
Result<std::string> read_all(int fd, const std::string& name, std::uint64_t max_bytes,
                             std::size_t expected) {
  std::string bytes;
  bytes.resize(std::max<std::size_t>(expected, 4096) + 1);
  std::size_t used = 0;
  for (;;) {
    if (used == bytes.size()) {
      bytes.resize(bytes.size() * 2);
    }
    const ssize_t got = ::read(fd, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return fail(ErrorCode::kIo, "cannot read `", name, "`: ", file_reason(errno));
    }
    if (got == 0) {
      break;
    }
    used += static_cast<std::size_t>(got);
    if (used > max_bytes) {
      return fail(ErrorCode::kLimit, "`", name, "` is larger than ", std::to_string(max_bytes),
                  " bytes");
    }
  }
  bytes.resize(used);
  return bytes;
}

struct OpenFile {
  std::unique_ptr<FileDescriptor> fd;
  std::uint64_t size{0};
};

Result<OpenFile> open_regular(const std::string& name) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  auto fd = std::make_unique<FileDescriptor>(
      ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (fd->get() < 0) {
    const int error = errno;
    return fail(error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
                "cannot open `", name, "`: ", file_reason(error));
  }
  struct stat status{};
  if (::fstat(fd->get(), &status) != 0) {
    return fail(ErrorCode::kIo, "cannot stat `", name, "`: ", file_reason(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::kIo, "`", name, "` is a folder");
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "`", name, "` is not a regular file");
  }
  return OpenFile{.fd = std::move(fd), .size = static_cast<std::uint64_t>(status.st_size)};
}

class DiskFiles final : public FileSource {
 public:
  Result<std::shared_ptr<const SourceText>> read(std::string_view path,
                                                 std::uint64_t max_bytes) const override {
    const std::string name(path);
    MERLON_TRY(const OpenFile file, open_regular(name));
    const std::uint64_t size = file.size;
    if (size > max_bytes) {
      Error error = make_error(ErrorCode::kLimit, "`", name, "` has ", std::to_string(size),
                               " bytes, more than ", std::to_string(max_bytes));
      error.hints.emplace_back("`--limit file-bytes=N` raises the limit");
      return std::unexpected(std::move(error));
    }
    if (size > kMapAbove) {
      return map_file(file.fd->get(), name, size);
    }
    MERLON_TRY(std::string bytes, read_all(file.fd->get(), name, max_bytes, size));
    return SourceText::copy_of(name, std::move(bytes));
  }

  Result<std::string> head(std::string_view path, std::size_t bytes) const override {
    const std::string name(path);
    MERLON_TRY(const OpenFile file, open_regular(name));
    std::string out(std::min<std::size_t>(bytes, file.size + 1), '\0');
    std::size_t used = 0;
    while (used < out.size()) {
      const ssize_t got = ::read(file.fd->get(), out.data() + used, out.size() - used);
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return fail(ErrorCode::kIo, "cannot read `", name, "`: ", file_reason(errno));
      }
      if (got == 0) {
        break;
      }
      used += static_cast<std::size_t>(got);
    }
    out.resize(used);
    return out;
  }

  Result<std::vector<DirectoryEntry>> list(std::string_view path) const override {
    const std::string name(path);
    DIR* folder = ::opendir(name.c_str());
    if (folder == nullptr) {
      const int error = errno;
      return fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, "cannot list `", name,
                  "`: ", file_reason(error));
    }
    std::vector<DirectoryEntry> entries;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): this DIR belongs to this call alone
    const auto next = [folder] { return ::readdir(folder); };
    for (const dirent* entry = next(); entry != nullptr; entry = next()) {
      const std::string_view child = &entry->d_name[0];
      if (child == "." || child == "..") {
        continue;
      }
      entries.push_back(
          {std::string(child), kind_without_following(name + "/" + std::string(child))});
    }
    ::closedir(folder);
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
  }

  Result<FileKind> kind_of(std::string_view path) const override {
    struct stat status{};
    const std::string name(path);
    if (::stat(name.c_str(), &status) != 0) {
      const int error = errno;
      return fail(error == ENOENT || error == ENOTDIR ? ErrorCode::kNotFound : ErrorCode::kIo,
                  "cannot open `", name, "`: ", file_reason(error));
    }
    return kind_of_mode(status.st_mode);
  }

  Result<std::string> canonical(std::string_view path) const override {
    std::error_code error;
    auto resolved = std::filesystem::canonical(std::filesystem::path(path), error);
    if (error) {
      return fail(ErrorCode::kIo, "cannot resolve `", path, "`: ", error.message());
    }
    return resolved.string();
  }

 private:
  static FileKind kind_of_mode(mode_t mode) {
    if (S_ISREG(mode)) {
      return FileKind::kRegular;
    }
    if (S_ISDIR(mode)) {
      return FileKind::kDirectory;
    }
    if (S_ISLNK(mode)) {
      return FileKind::kSymlink;
    }
    return FileKind::kOther;
  }
  static FileKind kind_without_following(const std::string& path) {
    struct stat status{};
    return ::lstat(path.c_str(), &status) == 0 ? kind_of_mode(status.st_mode) : FileKind::kOther;
  }
};

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      return fail(ErrorCode::kIo, "cannot write `", path, "`: ", file_reason(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace

Result<std::string> FileSource::head(std::string_view path, std::size_t bytes) const {
  MERLON_TRY(const auto whole, read(path, std::numeric_limits<std::uint64_t>::max()));
  return std::string(whole->bytes().substr(0, bytes));
}

std::unique_ptr<FileSource> make_disk_files() {
  return std::make_unique<DiskFiles>();
}

Status write_file_atomically(const std::string& path, std::string_view bytes, unsigned mode) {
  struct stat existing{};
  if (::stat(path.c_str(), &existing) == 0) {
    // A device or pipe that was named as output (/dev/stdout, /dev/null) is written, never
    // replaced.
    if (!S_ISREG(existing.st_mode)) {
      const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
      if (fd.get() < 0) {
        return fail(ErrorCode::kIo, "cannot write `", path, "`: ", file_reason(errno));
      }
      return write_all(fd.get(), bytes, path);
    }
    mode = existing.st_mode & 07777U;
  }
  std::string temporary = path + ".XXXXXX";
  const FileDescriptor fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (fd.get() < 0) {
    return fail(ErrorCode::kIo, "cannot create a file beside `", path, "`: ", file_reason(errno));
  }
  Status written = write_all(fd.get(), bytes, path);
  if (written && ::fchmod(fd.get(), mode) != 0) {
    written = fail(ErrorCode::kIo, "cannot set the mode of `", path, "`: ", file_reason(errno));
  }
  if (written && ::fsync(fd.get()) != 0) {
    written = fail(ErrorCode::kIo, "cannot sync `", path, "`: ", file_reason(errno));
  }
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = fail(ErrorCode::kIo, "cannot replace `", path, "`: ", file_reason(errno));
  }
  if (!written) {
    ::unlink(temporary.c_str());
  }
  return written;
}

Status write_new_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const FileDescriptor fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (fd.get() < 0) {
    const int error = errno;
    return error == EEXIST
               ? fail(ErrorCode::kUsage, "`", path, "` exists already")
               : fail(ErrorCode::kIo, "cannot create `", path, "`: ", file_reason(error));
  }
  Status written = write_all(fd.get(), bytes, path);
  if (written && ::fsync(fd.get()) != 0) {
    written = fail(ErrorCode::kIo, "cannot sync `", path, "`: ", file_reason(errno));
  }
  if (!written) {
    ::unlink(path.c_str());  // ours: it was not there before
  }
  return written;
}

}  // namespace merlon
