#pragma once
/// The policies that sessions are decided by: the ones that recordings hold, or one that the user
/// names, each compiled once.
///
///   PolicySource recorded(rules, limits);                            // what decided then
///   PolicySource named(rules, limits, {.files = files, .path = "team.toml", ...});
///   Checked<std::shared_ptr<const CompiledPolicy>> policy = named.get(header.engine);
///
/// A named policy gets the tenant and the pins of the recording: they are the session's. Safe from
/// many threads.
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/files.h"
#include "base/limits.h"
#include "mcp/recording.h"
#include "policy/compiled_policy.h"
#include "rules/matcher.h"

namespace merlon {

struct NamedPolicy {
  const FileSource& files;
  std::string path;
  std::string system_path;  ///< PolicyOptions::system_path
};

class PolicySource {
 public:
  using Made = Checked<std::shared_ptr<const CompiledPolicy>>;

  PolicySource(std::shared_ptr<const CompiledRules> rules, Limits limits)
      : rules_(std::move(rules)), limits_(limits) {}
  PolicySource(std::shared_ptr<const CompiledRules> rules, Limits limits, NamedPolicy named)
      : rules_(std::move(rules)), limits_(limits), named_(std::move(named)) {}

  /// Errors when the policy is wrong, or the recording holds none.
  [[nodiscard]] Made get(const RecordedEngine& engine) const;
  /// Whether its rules are those that the recording was made with.
  [[nodiscard]] bool has_rules_of(const RecordedEngine& engine) const;
  [[nodiscard]] bool is_named() const { return named_.has_value(); }
  /// Of the rules and, where there is one, the named policy as nobody's tenant has it.
  [[nodiscard]] std::string fingerprint() const;

 private:
  [[nodiscard]] Made make(const RecordedEngine& engine) const;

  std::shared_ptr<const CompiledRules> rules_;
  Limits limits_;
  std::optional<NamedPolicy> named_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const CompiledPolicy>> made_;
};

}  // namespace merlon
