#include "audit/audit_files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit_line.h"
#include "base/files.h"
#include "base/process/unique_fd.h"
#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kMostSmallFile = std::size_t{1} << 20U;
constexpr std::string_view kSegmentStart = "log.";
constexpr std::string_view kSegmentEnd = ".jsonl";
constexpr std::size_t kSegmentDigits = 20;

Result<UniqueFd> open_to_read(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.open()) {
    return audit_io_error("cannot open", path, errno);
  }
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kIo, "`", path, "` is not a regular file");
  }
  return file;
}

}  // namespace

std::unexpected<Error> audit_io_error(std::string_view what, std::string_view path, int error) {
  const bool absent = error == ENOENT || error == ENOTDIR;
  return fail(absent ? ErrorCode::kNotFound : ErrorCode::kIo, what, " `", path,
              "`: ", std::generic_category().message(error));
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      watch_(std::exchange(other.watch_, std::nullopt)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(watch_, other.watch_);
  return *this;
}

MappedFile::~MappedFile() {
  if (watch_) {
    unwatch_mapping(*watch_);
  }
  if (data_ != nullptr) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): munmap takes no const
    ::munmap(const_cast<char*>(data_), size_);
  }
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  MERLON_TRY(const UniqueFd file, open_to_read(path));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) {
    return audit_io_error("cannot stat", path, errno);
  }
  MappedFile out;
  if (status.st_size > 0) {
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED) {
      return audit_io_error("cannot map", path, errno);
    }
    (void)::madvise(data, size, MADV_SEQUENTIAL);
    out.data_ = static_cast<const char*>(data);
    out.size_ = size;
    out.watch_ = watch_mapping(data, size);
    if (!out.watch_) {
      return fail(ErrorCode::kLimit, "more than ", std::to_string(kMostWatchedMappings),
                  " files of logs are being read at once");
    }
  }
  return out;
}

std::string closed_segment_name(std::uint64_t first) {
  std::string digits = std::to_string(first);
  digits.insert(0, kSegmentDigits - digits.size(), '0');
  return std::string(kSegmentStart) + digits + std::string(kSegmentEnd);
}

std::optional<std::uint64_t> first_of_segment_name(std::string_view name) {
  if (name.size() != kSegmentStart.size() + kSegmentDigits + kSegmentEnd.size()) {
    return std::nullopt;
  }
  const auto first = parse_unsigned(name.substr(kSegmentStart.size(), kSegmentDigits));
  return first && closed_segment_name(*first) == name ? first : std::nullopt;
}

Result<std::vector<MappedSegment>> map_segments(const std::string& folder) {
  MERLON_TRY(const auto entries, make_disk_files()->list(folder));
  std::vector<MappedSegment> segments;
  bool open = false;
  for (const DirectoryEntry& entry : entries) {
    open = open || entry.name == kOpenSegment;
    if (const auto first = first_of_segment_name(entry.name)) {
      MERLON_TRY(MappedFile bytes, MappedFile::open(folder + "/" + entry.name));
      segments.push_back({.name = entry.name, .first = *first, .bytes = std::move(bytes)});
    }
  }
  std::ranges::sort(segments, {}, &MappedSegment::first);
  if (open) {
    const std::string name(kOpenSegment);
    MERLON_TRY(MappedFile bytes, MappedFile::open(folder + "/" + name));
    std::uint64_t first = 0;
    if (!segments.empty()) {
      first = segments.back().first + count_lines(segments.back().bytes.view());
    } else if (const auto head = parse_audit_head(bytes.view())) {
      first = head->seq;
    }
    segments.push_back({.name = name, .first = first, .bytes = std::move(bytes)});
  }
  return segments;
}

std::uint64_t count_lines(std::string_view bytes) {
  std::uint64_t count = 0;
  for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    ++count;
  }
  return count;
}

Result<std::string> read_small_file(const std::string& path) {
  MERLON_TRY(const UniqueFd file, open_to_read(path));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) {
    return audit_io_error("cannot stat", path, errno);
  }
  // One byte more than there is, so that the end is seen; a log has many small files.
  const auto size = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  std::string text(std::min(size, kMostSmallFile) + 1, '\0');
  std::size_t used = 0;
  while (used <= kMostSmallFile) {
    if (used == text.size()) {
      text.resize(std::min((2 * used) + 1, kMostSmallFile + 1));
    }
    const ssize_t got = ::read(file.get(), text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return audit_io_error("cannot read", path, errno);
    }
    if (got == 0) {
      break;
    }
    used += static_cast<std::size_t>(got);
  }
  if (used > kMostSmallFile) {
    return fail(ErrorCode::kLimit, "`", path, "` is larger than ", std::to_string(kMostSmallFile),
                " bytes");
  }
  text.resize(used);
  return text;
}

Status write_private_file(const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  const UniqueFd file(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.open()) {
    return audit_io_error("cannot create", beside, errno);
  }
  while (!bytes.empty()) {
    const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return audit_io_error("cannot write", beside, put < 0 ? errno : EIO);
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    return audit_io_error("cannot rename", beside, errno);
  }
  return {};
}

Status sync_folder(const std::string& path) {
  const UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open() || ::fsync(folder.get()) != 0) {
    return audit_io_error("cannot sync", path, errno);
  }
  return {};
}

}  // namespace merlon
