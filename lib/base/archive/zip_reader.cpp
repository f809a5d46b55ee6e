#include "base/archive/zip_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <zlib.h>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::string_view kLocalMagic = "PK\x03\x04";
constexpr std::string_view kCentralMagic = "PK\x01\x02";
constexpr std::string_view kEndMagic = "PK\x05\x06";
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kEndSize = 22;
// The comment of an archive has at most 64 KiB; a signature block behind it is of the same order.
constexpr std::size_t kEndSearch = 1U << 20U;
// Below this a high ratio is no danger, and short repetitive files reach it honestly.
constexpr std::uint64_t kRatioFloor = 64U << 10U;

std::uint16_t u16(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) |
                                    (static_cast<unsigned char>(bytes[at + 1]) << 8U));
}

std::uint32_t u32(std::string_view bytes, std::size_t at) {
  return u16(bytes, at) | (static_cast<std::uint32_t>(u16(bytes, at + 2)) << 16U);
}

bool has_parent_step(std::string_view name) {
  for (const std::string_view part : split(name, '/')) {
    if (part == "..") {
      return true;
    }
  }
  return false;
}

bool is_drive(std::string_view name) {
  return name.size() >= 2 && name[1] == ':' &&
         ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z'));
}

// Why unpacking to this name would be dangerous; empty when it is not.
std::string unsafe_name(std::string_view name) {
  if (name.empty()) {
    return "an entry without a name";
  }
  if (name.find('\0') != std::string_view::npos) {
    return "NUL in the name";
  }
  if (name.find('\\') != std::string_view::npos) {
    return "backslash in the name";
  }
  if (name.front() == '/') {
    return "an absolute path";
  }
  if (is_drive(name)) {
    return "a drive letter in the name";
  }
  if (has_parent_step(name)) {
    return "the path leaves the archive (`..`)";
  }
  return "";
}

}  // namespace

bool looks_like_zip(std::string_view bytes) {
  return bytes.starts_with(kLocalMagic) ||
         (bytes.starts_with(kEndMagic) && bytes.size() >= kEndSize);
}

/// Fills a ZipArchive from the central directory.
class ZipDirectoryReader {
 public:
  ZipDirectoryReader(ZipArchive& archive, std::string_view bytes)
      : archive_(archive), bytes_(bytes) {}

  Status read() {
    MERLON_CHECK(find_end());
    MERLON_CHECK(check_end());
    note_surroundings();
    MERLON_CHECK(read_directory());
    mark_repeated_names();
    mark_overlaps();
    return {};
  }

 private:
  [[nodiscard]] std::unexpected<Error> fail_at(ErrorCode code, std::uint64_t offset,
                                               std::string_view message) const {
    Error error = make_error(code, message);
    // A zip has no lines: the place is the byte.
    error.where.file = archive_.source_->name();
    error.where.offset = offset;
    return std::unexpected(std::move(error));
  }

  Status find_end() {
    const std::size_t lowest = bytes_.size() > kEndSearch ? bytes_.size() - kEndSearch : 0;
    for (std::size_t at = bytes_.rfind(kEndMagic); at != std::string_view::npos && at >= lowest;
         at = at == 0 ? std::string_view::npos : bytes_.rfind(kEndMagic, at - 1)) {
      if (at + kEndSize <= bytes_.size() && u32(bytes_, at + 12) <= at) {
        end_ = at;
        return {};
      }
    }
    return fail_at(ErrorCode::kSyntax, 0, "this zip has no central directory; it may be cut short");
  }

  Status check_end() {
    count_ = u16(bytes_, end_ + 10);
    directory_size_ = u32(bytes_, end_ + 12);
    const std::uint32_t offset = u32(bytes_, end_ + 16);
    if (count_ == 0xFFFF || offset == 0xFFFFFFFFU) {
      return fail_at(ErrorCode::kUnsupported, end_, "zip64 archives are not read");
    }
    if (u16(bytes_, end_ + 4) != 0 || u16(bytes_, end_ + 6) != 0) {
      return fail_at(ErrorCode::kUnsupported, end_, "zip archives in several parts are not read");
    }
    directory_ = end_ - directory_size_;
    if (directory_ < offset) {
      return fail_at(ErrorCode::kSyntax, end_,
                     "the central directory of this zip is not where it should be");
    }
    prefix_ = directory_ - offset;
    return {};
  }

  void note_surroundings() {
    if (prefix_ != 0) {
      archive_.notes_.push_back(std::to_string(prefix_) + " bytes stand before the zip archive");
    }
    const std::size_t end = end_ + kEndSize;
    const std::string_view after = bytes_.substr(end);
    archive_.has_mcpb_signature_ = after.find("MCPB_SIG_V1") != std::string_view::npos;
    const std::size_t comment = u16(bytes_, end_ + 20);
    if (after.size() > comment && !archive_.has_mcpb_signature_) {
      archive_.notes_.push_back(std::to_string(after.size() - comment) +
                                " bytes stand after the end of the zip archive");
    }
  }

  Status read_directory() {
    for (std::size_t at = directory_; at < end_;) {
      if (archive_.entries_.size() >= archive_.limits_.archive_entries) {
        return fail_at(
            ErrorCode::kLimit, at,
            "more than " + std::to_string(archive_.limits_.archive_entries) + " entries");
      }
      if (at + kCentralSize > end_ || bytes_.substr(at, 4) != kCentralMagic) {
        return fail_at(ErrorCode::kSyntax, at, "the central directory of this zip is damaged");
      }
      const std::size_t length =
          kCentralSize + u16(bytes_, at + 28) + u16(bytes_, at + 30) + u16(bytes_, at + 32);
      if (at + length > end_) {
        return fail_at(ErrorCode::kSyntax, at, "the central directory of this zip is damaged");
      }
      archive_.entries_.push_back(read_entry(at));
      at += length;
    }
    if (archive_.entries_.size() != count_) {
      archive_.notes_.push_back("the zip archive says " + std::to_string(count_) +
                                " entries and has " + std::to_string(archive_.entries_.size()));
    }
    return {};
  }

  [[nodiscard]] ZipEntry read_entry(std::size_t at) const {
    ZipEntry entry;
    entry.name = bytes_.substr(at + kCentralSize, u16(bytes_, at + 28));
    entry.method = u16(bytes_, at + 10);
    entry.crc = u32(bytes_, at + 16);
    entry.packed = u32(bytes_, at + 20);
    entry.unpacked = u32(bytes_, at + 24);
    entry.header_offset = prefix_ + u32(bytes_, at + 42);
    entry.folder = entry.name.ends_with('/');
    entry.problem = unsafe_name(entry.name);
    constexpr unsigned kUnix = 3;
    const std::uint32_t kind = (u32(bytes_, at + 38) >> 16U) & 0170000U;
    if (entry.problem.empty() && u16(bytes_, at + 4) >> 8U == kUnix && kind == 0120000U) {
      entry.problem = "a symbolic link";
    }
    entry.unsafe = !entry.problem.empty();
    if (!entry.problem.empty()) {
      return entry;
    }
    if ((u16(bytes_, at + 8) & 1U) != 0) {
      entry.problem = "encrypted";
    } else if (entry.packed == 0xFFFFFFFFU || entry.unpacked == 0xFFFFFFFFU) {
      entry.problem = "zip64 sizes";
    } else if (entry.method != 0 && entry.method != 8) {
      entry.problem = "compression method " + std::to_string(entry.method);
    } else {
      check_local_header(entry);
    }
    return entry;
  }

  // Programs that unpack a stream believe the local header; one that says something else shows them
  // another archive.
  void check_local_header(ZipEntry& entry) const {
    const std::uint64_t at = entry.header_offset;
    if (at + kLocalSize > directory_ || bytes_.substr(at, 4) != kLocalMagic) {
      entry.problem = "no local header where the central directory points";
      return;
    }
    const std::size_t name_length = u16(bytes_, at + 26);
    entry.data_offset = at + kLocalSize + name_length + u16(bytes_, at + 28);
    if (entry.data_offset + entry.packed > directory_) {
      entry.problem = "its data reaches past the end of the archive";
    } else if (bytes_.substr(at + kLocalSize, name_length) != entry.name) {
      entry.problem = "its local header has another name";
      entry.unsafe = true;
    } else if (u16(bytes_, at + 8) != entry.method) {
      entry.problem = "its local header has another compression method";
    }
  }

  void mark_repeated_names() {
    std::unordered_set<std::string_view> names;
    for (ZipEntry& entry : archive_.entries_) {
      if (!names.insert(entry.name).second && entry.problem.empty()) {
        entry.problem = "the name was there already";
        entry.unsafe = true;
      }
    }
  }

  // Entries that share bytes are the way to a bomb with a small ratio per entry.
  void mark_overlaps() {
    std::vector<ZipEntry*> order;
    for (ZipEntry& entry : archive_.entries_) {
      if (entry.data_offset != 0) {
        order.push_back(&entry);
      }
    }
    std::sort(order.begin(), order.end(), [](const ZipEntry* a, const ZipEntry* b) {
      return a->header_offset < b->header_offset;
    });
    std::uint64_t reached = 0;
    for (ZipEntry* entry : order) {
      if (entry->header_offset < reached && entry->problem.empty()) {
        entry->problem = "overlaps another entry";
      }
      reached = std::max(reached, entry->data_offset + entry->packed);
    }
  }

  ZipArchive& archive_;
  std::string_view bytes_;
  std::size_t end_{0};
  std::size_t directory_{0};
  std::size_t directory_size_{0};
  std::size_t prefix_{0};
  std::size_t count_{0};
};

Result<ZipArchive> ZipArchive::open(std::shared_ptr<const SourceText> source,
                                    const Limits& limits) {
  const std::string_view bytes = source->bytes();
  ZipArchive archive(std::move(source), limits);
  MERLON_CHECK(ZipDirectoryReader(archive, bytes).read());
  return archive;
}

namespace {

/// Takes a deflate stream off, a piece at a time, so that a bomb is stopped after one piece.
class Inflater {
 public:
  explicit Inflater(std::string_view packed) {
    ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK;
    // zlib does not write to its input; its type is older than const.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) {
      inflateEnd(&stream_);
    }
  }

  enum class State { kMore, kEnd, kBad };
  State next(std::string& out) {
    if (!ready_) {
      return State::kBad;
    }
    stream_.next_out = buffer_.data();
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) {
      return State::kBad;
    }
    out.append(reinterpret_cast<const char*>(buffer_.data()), buffer_.size() - stream_.avail_out);
    return result == Z_STREAM_END ? State::kEnd : State::kMore;
  }

 private:
  z_stream stream_{};
  std::array<Bytef, 32768> buffer_{};
  bool ready_{false};
};

std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

}  // namespace

Status ZipArchive::check_size(const ZipEntry& entry, const std::string& place, std::uint64_t size,
                              std::uint64_t spent) const {
  if (size > limits_.archive_entry_bytes) {
    return fail(ErrorCode::kLimit, place, " unpacks to more than ",
                std::to_string(limits_.archive_entry_bytes), " bytes");
  }
  const std::uint64_t ratio = std::max<std::uint64_t>(limits_.archive_ratio, 1);
  if (size > kRatioFloor && size / ratio > entry.packed) {
    return fail(ErrorCode::kLimit, place, " unpacks to more than ", std::to_string(ratio),
                " times its packed size");
  }
  if (spent > limits_.archive_total_bytes) {
    return fail(ErrorCode::kLimit, "the entries of `", source_->name(), "` unpack to more than ",
                std::to_string(limits_.archive_total_bytes), " bytes");
  }
  return {};
}

// What was unpacked counts even when the entry is then refused: many bombs cost as much as one.
Status ZipArchive::unpack(const ZipEntry& entry, const std::string& place, std::uint64_t& spent,
                          std::string& out) const {
  const std::string_view packed = source_->bytes().substr(entry.data_offset, entry.packed);
  if (entry.method == 0) {
    spent += packed.size();
    MERLON_CHECK(check_size(entry, place, packed.size(), spent));
    out = packed;
    return {};
  }
  Inflater inflater(packed);
  for (auto state = Inflater::State::kMore; state != Inflater::State::kEnd;) {
    const std::size_t before = out.size();
    state = inflater.next(out);
    if (state == Inflater::State::kBad) {
      return fail(ErrorCode::kSyntax, place, " holds bad packed data");
    }
    spent += out.size() - before;
    MERLON_CHECK(check_size(entry, place, out.size(), spent));
  }
  return {};
}

Result<std::string> ZipArchive::read(const ZipEntry& entry, std::uint64_t& spent) const {
  const std::string place = "`" + source_->name() + "!" + escape_for_display(entry.name) + "`";
  if (!entry.problem.empty()) {
    return fail(ErrorCode::kUnsupported, place, " is not read: ", entry.problem);
  }
  std::string out;
  MERLON_CHECK(unpack(entry, place, spent, out));
  if (out.size() != entry.unpacked) {
    return fail(ErrorCode::kSyntax, place, " has another size than the archive says");
  }
  if (checksum(out) != entry.crc) {
    return fail(ErrorCode::kSyntax, place, " has a wrong checksum");
  }
  return out;
}

}  // namespace merlon
