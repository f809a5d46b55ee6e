#pragma once
/// The policies that come with the program (policies/*.toml), and how a policy is named on a
/// command line.
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "policy/policy_store.h"

namespace merlon {

struct ShippedPolicy {
  std::string_view name;
  std::string_view text;
};
/// Sorted by name.
[[nodiscard]] std::span<const ShippedPolicy> shipped_policies();

/// What a shipped policy's path begins with, for ShippedFiles.
inline constexpr std::string_view kShippedPrefix = "merlon:";

/// `merlon:NAME` is a shipped policy; all other paths are those of `files`, which must outlive it.
class ShippedFiles final : public FileSource {
 public:
  explicit ShippedFiles(const FileSource& files) : files_(files) {}

  [[nodiscard]] Result<std::shared_ptr<const SourceText>> read(
      std::string_view path, std::uint64_t max_bytes) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(std::string_view path) const override {
    return files_.list(path);
  }
  [[nodiscard]] Result<FileKind> kind_of(std::string_view path) const override;
  [[nodiscard]] Result<std::string> canonical(std::string_view path) const override;

 private:
  const FileSource& files_;
};

/// The path of a policy as a user names it: a word with `/` or the ending `.toml` is a path; else
/// the installed policy of that name (`merlon policy install`), else the shipped one. `kNotFound`
/// with the names that there are.
[[nodiscard]] Result<std::string> find_policy(const PolicyStore& store, std::string_view word);

}  // namespace merlon
