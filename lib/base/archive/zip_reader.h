#pragma once
/// Zip archives (MCPB and DXT bundles), from memory, bounded, with every oddity reported.
///
///   MERLON_TRY(ZipArchive archive, ZipArchive::open(source, limits));
///   std::uint64_t spent = 0;
///   for (const ZipEntry& entry : archive.entries()) {
///     if (entry.problem.empty() && entry.name == "manifest.json") {
///       MERLON_TRY(std::string text, archive.read(entry, spent));
///
/// The list comes from the central directory, as it does for those who unpack; where the local
/// headers say something else, that is a problem of the entry. Nothing is ever written to disk.
/// Written here over zlib and not taken from libarchive because names with NUL, repeated names,
/// overlapping entries and packed sizes have to be seen (docs/adr/0007-own-zip-reader.md).
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"

namespace merlon {

struct ZipEntry {
  std::string name;     ///< bytes as they stand in the central directory
  std::string problem;  ///< why the entry is not to be read, in words; empty: it may be read
  bool unsafe{false};   ///< unpacking it would write outside, overwrite, or follow a link
  bool folder{false};
  std::uint64_t packed{0};    ///< bytes in the archive
  std::uint64_t unpacked{0};  ///< bytes as the archive says
  std::uint64_t data_offset{0};
  std::uint64_t header_offset{0};
  std::uint32_t crc{0};
  std::uint16_t method{0};  ///< 0: stored, 8: deflate; others are a problem
};

/// Immutable once open; safe to share between threads.
class ZipArchive {
 public:
  /// `kSyntax` when there is no central directory, `kLimit` above `limits.archive_entries`,
  /// `kUnsupported` for zip64 and archives in several parts.
  [[nodiscard]] static Result<ZipArchive> open(std::shared_ptr<const SourceText> source,
                                               const Limits& limits);

  /// In the order of the central directory.
  [[nodiscard]] const std::vector<ZipEntry>& entries() const { return entries_; }
  /// Facts about the archive as a whole, in words: bytes before or after it, a count that is wrong.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  /// True when an MCPB signature block follows the archive. It is not verified here.
  [[nodiscard]] bool has_mcpb_signature() const { return has_mcpb_signature_; }

  /// The unpacked bytes. `spent` is the sum over all reads and is bounded by `archive_total_bytes`.
  /// `kLimit` above `archive_entry_bytes`, above `archive_ratio` (once there are 64 KiB), `kSyntax`
  /// for bad data or checksum, `kUnsupported` for an entry with a problem.
  [[nodiscard]] Result<std::string> read(const ZipEntry& entry, std::uint64_t& spent) const;

 private:
  ZipArchive(std::shared_ptr<const SourceText> source, const Limits& limits)
      : source_(std::move(source)), limits_(limits) {}
  friend class ZipDirectoryReader;
  [[nodiscard]] Status check_size(const ZipEntry& entry, const std::string& place,
                                  std::uint64_t size, std::uint64_t spent) const;
  [[nodiscard]] Status unpack(const ZipEntry& entry, const std::string& place, std::uint64_t& spent,
                              std::string& out) const;

  std::shared_ptr<const SourceText> source_;
  Limits limits_;
  std::vector<ZipEntry> entries_;
  std::vector<std::string> notes_;
  bool has_mcpb_signature_{false};
};

/// True when the bytes start like a zip archive (a first entry, or an empty archive).
[[nodiscard]] bool looks_like_zip(std::string_view bytes);

}  // namespace merlon
