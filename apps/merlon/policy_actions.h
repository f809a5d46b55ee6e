#pragma once
/// The actions of `merlon policy`: one file cmd_policy_<name>.cpp and one row in cmd_policy.cpp
/// each, and what they share.
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "env.h"
#include "model/manifest.h"
#include "options.h"
#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"

namespace merlon::cli {

[[nodiscard]] int policy_check(Env& env, std::span<const std::string> args);
[[nodiscard]] int policy_explain(Env& env, std::span<const std::string> args);
[[nodiscard]] int policy_test(Env& env, std::span<const std::string> args);
[[nodiscard]] int policy_init(Env& env, std::span<const std::string> args);
[[nodiscard]] int policy_install(Env& env, std::span<const std::string> args);
[[nodiscard]] int policy_rollback(Env& env, std::span<const std::string> args);

/// Which policy, for whom, above which minimum.
struct PolicyChoice {
  std::string file;
  std::string tenant;
  std::string system;  ///< of the command line
  bool no_system{false};

  void declare(Options& options, bool file_required);
};

/// What is loaded with a policy: the overrides of a tenant and the minimum. `kNotFound` when a
/// minimum that was named is not there; the system's own place may be empty.
[[nodiscard]] Result<PolicyOptions> policy_options(const Env& env, const std::string& tenant,
                                                   const std::string& system, bool no_system);

/// Loads and compiles. Writes problems to standard error and answers with the exit code then: kNo
/// for a wrong policy, kIncomplete for one that cannot be read.
[[nodiscard]] Result<std::shared_ptr<const CompiledPolicy>> compiled_choice(
    Env& env, const PolicyChoice& choice, int& code);

/// Writes the problems to standard error. The exit code: kNo when a policy is wrong, else
/// kIncomplete.
[[nodiscard]] int fail_policy(Env& env, const std::vector<Error>& errors);

/// The manifests of files; problems are written to standard error and `code` is set.
[[nodiscard]] std::vector<Manifest> manifests_of(Env& env, const std::vector<std::string>& files,
                                                 int& code);

/// `$XDG_STATE_HOME/merlon/policies`; empty where the environment names no place for state.
[[nodiscard]] std::string policies_folder(const Env& env);

}  // namespace merlon::cli
