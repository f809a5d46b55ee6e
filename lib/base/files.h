#pragma once
/// The file system as a value that is handed in: real, or in memory for tests.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/source_text.h"

namespace merlon {

enum class FileKind { kRegular, kDirectory, kSymlink, kOther };

struct DirectoryEntry {
  std::string name;  ///< without the folder
  FileKind kind{FileKind::kOther};
};

/// Where inputs come from. Implementations are safe to call from many threads.
class FileSource {
 public:
  FileSource() = default;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  virtual ~FileSource() = default;

  /// The whole of a regular file, memory-mapped where that is possible. `kLimit` above `max_bytes`,
  /// `kNotFound`, `kIo`. A FIFO, socket or device is refused: reading it could block for ever.
  [[nodiscard]] virtual Result<std::shared_ptr<const SourceText>> read(
      std::string_view path, std::uint64_t max_bytes) const = 0;
  /// The first bytes of a regular file, at most `bytes`; shorter when the file is. For looking
  /// before reading.
  [[nodiscard]] virtual Result<std::string> head(std::string_view path, std::size_t bytes) const;
  /// Entries of a folder, sorted by name. Symbolic links are reported as such, not followed.
  [[nodiscard]] virtual Result<std::vector<DirectoryEntry>> list(std::string_view path) const = 0;
  /// The kind behind `path`; symbolic links are followed here.
  [[nodiscard]] virtual Result<FileKind> kind_of(std::string_view path) const = 0;
  /// The path with links resolved, for finding loops and the same file named twice.
  [[nodiscard]] virtual Result<std::string> canonical(std::string_view path) const = 0;
};

/// The disk.
[[nodiscard]] std::unique_ptr<FileSource> make_disk_files();

/// Writes `bytes` to a new file beside `path`, syncs it and renames it over `path`: never
/// half-written. `mode` is the permission of a file that is new.
[[nodiscard]] Status write_file_atomically(const std::string& path, std::string_view bytes,
                                           unsigned mode = 0644);

/// Writes a file that must not be there yet: whatever stands at `path` (a link too) is left as it
/// is and gives `kUsage`, also when it appears while this runs.
[[nodiscard]] Status write_new_file(const std::string& path, std::string_view bytes,
                                    unsigned mode = 0644);

}  // namespace merlon
