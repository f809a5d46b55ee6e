#pragma once
/// From policy files to a Policy. docs/spec/policy.md is the format's specification.
///
///   Checked<Policy> policy = load_policy(files, "policies/team.toml", options);
///
/// All problems at once (`syntax`, `bad-policy`), each with its place: unknown keys, wrong types,
/// ids that are there twice. Whether guards exist and are well configured is found by
/// compile_policy().
#include <memory>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/policy.h"

namespace merlon {

/// Where the minimum that an administrator sets stands.
inline constexpr std::string_view kSystemPolicyPath = "/etc/merlon/policy.toml";

struct PolicyOptions {
  /// Whose overrides are applied; empty or a name without a `[tenant.NAME]` table: nobody's.
  std::string tenant;
  /// The system's policy, which the policy can only tighten. Empty: none. A path where nothing is:
  /// none. A file that cannot be read or is wrong is an error.
  std::string system_path;
  Limits limits;
};

/// `path` with all that it extends, a tenant's overrides, and the system's minimum.
[[nodiscard]] Checked<Policy> load_policy(const FileSource& files, std::string_view path,
                                          const PolicyOptions& options);

/// One file by itself: what it extends is not read, and no tenant's overrides are applied.
[[nodiscard]] Checked<Policy> parse_policy(std::shared_ptr<const SourceText> source,
                                           const Limits& limits);

}  // namespace merlon
