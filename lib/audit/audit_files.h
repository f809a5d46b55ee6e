#pragma once
/// The files of an audit log's folder, to be read. docs/spec/audit.md, "Files".
///
///   MERLON_TRY(const auto segments, map_segments(folder));
///   for (const MappedSegment& segment : segments) { use(segment.bytes.view()); }
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/mapping_guard.h"
#include "base/result.h"

namespace merlon {

/// The bytes of a file as it was when it was opened; what is appended later is not seen. Where the
/// file is made shorter meanwhile its bytes read as zeros, and was_cut() says so afterwards.
class MappedFile {
 public:
  MappedFile() = default;
  [[nodiscard]] static Result<MappedFile> open(const std::string& path);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();
  [[nodiscard]] std::string_view view() const { return {data_, size_}; }
  /// Something was read that is not there any more.
  [[nodiscard]] bool was_cut() const { return watch_ && merlon::was_cut(*watch_); }

 private:
  const char* data_{nullptr};
  std::size_t size_{0};
  std::optional<MappingWatch> watch_;
};

struct MappedSegment {
  std::string name;
  std::uint64_t first{0};  ///< index of its first record, by its name or (the open one) its count
  MappedFile bytes;
};

inline constexpr std::string_view kOpenSegment = "log.jsonl";
/// `log.00000000000000000042.jsonl`.
[[nodiscard]] std::string closed_segment_name(std::uint64_t first);
/// Nothing for other names.
[[nodiscard]] std::optional<std::uint64_t> first_of_segment_name(std::string_view name);

/// In order; empty when the folder has none. `first` of the open segment is what its first record
/// says, else what follows from the one before.
[[nodiscard]] Result<std::vector<MappedSegment>> map_segments(const std::string& folder);

[[nodiscard]] std::uint64_t count_lines(std::string_view bytes);

/// At most a million bytes. `kNotFound`, `kIo`, `kLimit`.
[[nodiscard]] Result<std::string> read_small_file(const std::string& path);

/// Without syncing: for what can be made again. `path` is replaced as a whole.
[[nodiscard]] Status write_private_file(const std::string& path, std::string_view bytes);
[[nodiscard]] Status sync_folder(const std::string& path);
[[nodiscard]] std::unexpected<Error> audit_io_error(std::string_view what, std::string_view path,
                                                    int error);

}  // namespace merlon
