#pragma once
/// A policy with the texts it was made of, for recordings, and back.
///
///   const RememberingFiles files(*disk);
///   auto policy = load_policy(files, path, options);
///   header.engine.policy = record_policy(*policy, options.tenant, files);
///   ... later, on another machine:
///   auto same = load_recorded_policy(header.engine.policy, limits);   // the same digest, or
///   errors
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "mcp/recording.h"
#include "model/policy.h"
#include "policy/compiled_policy.h"

namespace merlon {

/// Keeps what was read, so that a recording holds the bytes that were judged and not what the disk
/// holds a moment later. Safe from many threads.
class RememberingFiles final : public FileSource {
 public:
  explicit RememberingFiles(const FileSource& files) : files_(files) {}

  [[nodiscard]] Result<std::shared_ptr<const SourceText>> read(
      std::string_view path, std::uint64_t max_bytes) const override;
  [[nodiscard]] Result<std::vector<DirectoryEntry>> list(std::string_view path) const override {
    return files_.list(path);
  }
  [[nodiscard]] Result<FileKind> kind_of(std::string_view path) const override {
    return files_.kind_of(path);
  }
  [[nodiscard]] Result<std::string> canonical(std::string_view path) const override;

  /// The file that was read under this name, with the other names that led to it.
  [[nodiscard]] std::optional<RecordedFile> file(std::string_view name) const;

 private:
  const FileSource& files_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const SourceText>, std::less<>> texts_;
  mutable std::map<std::string, std::string, std::less<>> identities_;  ///< name to canonical path
};

/// `tenant` is PolicyOptions::tenant.
[[nodiscard]] RecordedPolicy record_policy(const Policy& policy, std::string_view tenant,
                                           const RememberingFiles& files);

/// The policy of the recorded texts. Nothing else is read: a file that is not among them is an
/// error, and so is a digest that differs from the recorded one (`bad-policy`).
[[nodiscard]] Checked<Policy> load_recorded_policy(const RecordedPolicy& recorded,
                                                   const Limits& limits);

/// The same, ready to decide, with the recorded pins. That the rules are those of the recording
/// (`rules_digest`) is for the caller to see to: a recording does not hold them.
[[nodiscard]] Checked<std::shared_ptr<const CompiledPolicy>> compile_recorded(
    const RecordedEngine& recorded, std::shared_ptr<const CompiledRules> rules,
    const Limits& limits);

}  // namespace merlon
