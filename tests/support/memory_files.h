#pragma once
/// A file system in memory for tests.
#include <map>
#include <string>

#include "base/files.h"

namespace merlon::test {

class MemoryFiles : public FileSource {
 public:
  std::map<std::string, std::string> files;     ///< path to bytes
  std::map<std::string, std::string> links;     ///< path to target path
  std::map<std::string, ErrorCode> unreadable;  ///< path to the error that reading gives

  [[nodiscard]] Result<std::shared_ptr<const SourceText>> read(
      std::string_view path, std::uint64_t max_bytes) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(std::string_view path) const override;
  [[nodiscard]] Result<FileKind> kind_of(std::string_view path) const override;
  [[nodiscard]] Result<std::string> canonical(std::string_view path) const override;
};

/// The bytes of a file of the repository; aborts the test run when it is missing.
[[nodiscard]] std::string read_repository_file(std::string_view path);

}  // namespace merlon::test
