#pragma once
/// The environment of a server behind the proxy: the default names, what the policy and the command
/// line name, and secrets. Nothing else of ours.
#include <span>
#include <string>
#include <vector>

#include "base/process/environment.h"
#include "base/result.h"
#include "model/policy.h"

namespace merlon {

/// What the command line says.
struct ChildEnvironmentChoice {
  std::vector<std::string> named;            ///< `NAME`, as far as we have it, or `NAME=VALUE`
  std::vector<EnvironmentVariable> secrets;  ///< values that only the server gets
};

/// `kUsage` for a name that cannot be one, a name that is given twice, and one that the system's
/// policy does not let through. Of what the user's policy lets through, the system's can take away:
/// then it is left out.
[[nodiscard]] Result<std::vector<EnvironmentVariable>> child_environment(
    std::span<const EnvironmentVariable> ours, const Policy& policy,
    const ChildEnvironmentChoice& choice);

}  // namespace merlon
