#pragma once
/// `[environment]` of a policy: which variables of the proxy's own environment a server gets,
/// besides the default ones (base/process/environment.h). docs/spec/policy.md
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/policy.h"

namespace merlon {

struct EnvironmentSection {
  bool said{false};                ///< the policy has the section
  bool inherit_all{false};         ///< `inherit = "all"`
  std::vector<std::string> allow;  ///< names, or globs over them

  /// Of this policy alone. Complaints go to `errors` when it is not null.
  [[nodiscard]] static EnvironmentSection read(const Policy& policy, std::vector<Error>* errors);
  [[nodiscard]] bool allows(std::string_view name) const;
  friend bool operator==(const EnvironmentSection&, const EnvironmentSection&) = default;
};

}  // namespace merlon
