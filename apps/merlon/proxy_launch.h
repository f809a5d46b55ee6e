#pragma once
/// What a proxied server is started with: its environment, with secrets that nobody else
/// sees, and what its process may not reach.
#include <memory>
#include <string>
#include <vector>

#include "base/process/kept_process.h"
#include "base/result.h"
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

/// Reads the secrets, and makes containment ready. Problems name no value. `audit`: the folder of
/// the log, hidden from the server; empty: none.
[[nodiscard]] Result<ServerLaunch> make_server_launch(const Env& env, const Policy& policy,
                                                      const LaunchChoice& choice,
                                                      const std::vector<std::string>& command,
                                                      const std::string& audit);

}  // namespace merlon::cli
