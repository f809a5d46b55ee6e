#pragma once
/// What in a well-formed policy does not do what it seems to do. Warnings, not errors: a policy
/// with them loads and decides.
#include <string>
#include <vector>

#include "base/location.h"
#include "model/policy.h"

namespace merlon {

struct PolicyWarning {
  std::string id;  ///< kebab-case; docs/spec/policy.md lists them
  std::string message;
  std::string hint;
  Location where;
};

/// Names of tools, by the configured name of their server; empty names: any.
struct KnownTool {
  std::string server;
  std::string tool;
};

/// Sorted by place. With `tools` not empty, entries that name none of them are warned about too.
[[nodiscard]] std::vector<PolicyWarning> lint_policy(const Policy& policy,
                                                     const std::vector<KnownTool>& tools);

/// True when `wide` surely matches every text that `narrow` matches. May miss some.
[[nodiscard]] bool glob_covers(std::string_view wide, std::string_view narrow);

}  // namespace merlon
