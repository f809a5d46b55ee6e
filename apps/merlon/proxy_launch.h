#pragma once
/// What a proxied server is started with: its environment, with secrets that nobody else
/// sees, and what its process may not reach.
#include <memory>
#include <string>
#include <vector>

#include "base/process/kept_process.h"
#include "base/result.h"
#include "base/sandbox/containment.h"
#include "env.h"
#include "model/policy.h"
#include "options.h"
#include "proxy/secret_redactor.h"

namespace merlon::cli {

/// What the command line says of it.
struct LaunchChoice {
  std::vector<std::string> environment;  ///< `NAME` or `NAME=VALUE`
  std::vector<std::string> secrets;      ///< `NAME=SOURCE`

  void declare(Options& options);
};

struct ServerLaunch {
  Launch launch;
  std::shared_ptr<const SecretRedactor> redactor;  ///< null: no secrets
};

/// Reads the secrets. Problems name no value.
[[nodiscard]] Result<ServerLaunch> make_server_launch(const Env& env, const Policy& policy,
                                                      const LaunchChoice& choice,
                                                      const std::vector<std::string>& command);

/// What the server's process may not do, ready to be taken on. What the kernel cannot do and may be
/// lacking is said on standard error. `audit`: the folder of the log, hidden like Merlon's own;
/// empty: none.
[[nodiscard]] Result<std::shared_ptr<const ReadyContainment>> make_containment(
    const Env& env, const Policy& policy, const std::string& audit);

}  // namespace merlon::cli
