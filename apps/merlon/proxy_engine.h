#pragma once
/// What decides for one proxy: policy, rules and pins, compiled, and the same as a recording keeps
/// it.
#include <optional>
#include <string>
#include <vector>

#include "env.h"
#include "proxy/proxy_loop.h"
#include "signed_inputs.h"

namespace merlon::cli {

/// Where a proxy's policy and pins come from.
struct ProxyEngineChoice {
  std::string policy{"default"};  ///< a path, or the name of an installed or shipped policy
  std::string tenant;
  std::string system;  ///< of the command line; empty: the system's own place
  bool no_system{false};
  std::string server;                    ///< configured name
  std::string launch;                    ///< digest of the launch command
  std::vector<std::string> policy_keys;  ///< not empty: the policy must be signed by one of them
  std::vector<std::string> lock_keys;    ///< not empty: the pins must be signed by one of them
  KeyListWords key_lists;
};

/// Reads everything anew. All problems of the first thing that cannot be had.
[[nodiscard]] Checked<ReloadedPolicy> make_proxy_engine(Env& env, const ProxyEngineChoice& choice);

}  // namespace merlon::cli
