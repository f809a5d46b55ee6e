#pragma once
/// Inputs that come as lines on standard input: what `--ndjson` maps to lines on standard output,
/// so that other programs can spread them over machines.
///
/// A line is the path of a file, or `{"name": "...", "text": "..."}`, a file of its own.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "env.h"

namespace merlon::cli {

/// The files of the lines; all other paths are those of the disk.
class LineInputs final : public FileSource {
 public:
  /// Reads standard input to its end. Errors with the place of the line.
  [[nodiscard]] static Checked<std::unique_ptr<LineInputs>> read_all(Env& env);

  /// In the order of the lines.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  [[nodiscard]] Result<std::shared_ptr<const SourceText>> read(
      std::string_view path, std::uint64_t max_bytes) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(std::string_view path) const override {
    return files_.list(path);
  }
  [[nodiscard]] Result<FileKind> kind_of(std::string_view path) const override;
  [[nodiscard]] Result<std::string> canonical(std::string_view path) const override;

 private:
  explicit LineInputs(const FileSource& files) : files_(files) {}
  [[nodiscard]] Status take(std::string_view line);

  const FileSource& files_;
  std::vector<std::string> names_;
  std::map<std::string, std::shared_ptr<const SourceText>, std::less<>> texts_;
};

}  // namespace merlon::cli
