#include "policy_actions.h"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "exit_code.h"
#include "manifest/format.h"
#include "rules/matcher.h"
#include "state_places.h"

namespace merlon::cli {

void PolicyChoice::declare(Options& options, bool file_required) {
  options.positional("FILE", file, "the policy", file_required);
  options.value("--tenant", tenant, "NAME", "whose overrides count");
  options.value("--system", system, "FILE",
                "the minimum that the policy can only tighten (/etc/merlon/policy.toml)");
  options.flag("--no-system", no_system, "leave the system's minimum out");
}

int fail_policy(Env& env, const std::vector<Error>& errors) {
  bool unreadable = false;
  for (const Error& error : errors) {
    env.err << render(error);
    unreadable = unreadable || error.code == ErrorCode::kIo || error.code == ErrorCode::kNotFound ||
                 error.code == ErrorCode::kLimit;
  }
  const bool wrong = std::any_of(errors.begin(), errors.end(), [](const Error& error) {
    return error.code == ErrorCode::kBadPolicy || error.code == ErrorCode::kSyntax;
  });
  // 1 beats 3.
  return wrong || !unreadable ? kNo : kIncomplete;
}

Result<PolicyOptions> policy_options(const Env& env, const std::string& tenant,
                                     const std::string& system, bool no_system) {
  PolicyOptions options;
  options.tenant = tenant;
  if (no_system) {
    return options;
  }
  if (!system.empty() && !env.files.kind_of(system)) {
    return fail(ErrorCode::kNotFound, "cannot open `", system, "`");
  }
  options.system_path = system.empty() ? std::string(kSystemPolicyPath) : system;
  return options;
}

Result<std::shared_ptr<const CompiledPolicy>> compiled_choice(Env& env, const PolicyChoice& choice,
                                                              int& code) {
  auto options = policy_options(env, choice.tenant, choice.system, choice.no_system);
  if (!options) {
    code = fail_policy(env, {options.error()});
    return std::unexpected(std::move(options).error());
  }
  auto policy = load_policy(env.files, choice.file, *options);
  if (!policy) {
    code = fail_policy(env, policy.error());
    return std::unexpected(policy.error().front());
  }
  if (!choice.tenant.empty() && policy->tenant.empty()) {
    Error error =
        make_error(ErrorCode::kUsage, "`", choice.file, "` has no tenant `", choice.tenant, "`");
    env.err << render(error);
    code = kUsageError;
    return std::unexpected(std::move(error));
  }
  const auto rules = CompiledRules::built_in();
  if (!rules) {
    env.err << render(rules.error());
    code = kBug;
    return std::unexpected(rules.error());
  }
  GuardWorld world;
  world.rules = *rules;
  auto compiled = compile_policy(*std::move(policy), world);
  if (!compiled) {
    code = fail_policy(env, compiled.error());
    return std::unexpected(compiled.error().front());
  }
  return *std::move(compiled);
}

std::vector<Manifest> manifests_of(Env& env, const std::vector<std::string>& files, int& code) {
  std::vector<Manifest> out;
  const Limits limits;
  for (const std::string& file : files) {
    const auto source = env.files.read(file, limits.file_bytes);
    if (!source) {
      env.err << render(source.error());
      code = kIncomplete;
      continue;
    }
    LoadedFile loaded = load_manifests(*source, LoadOptions{.format = {}, .limits = limits});
    for (const CoverageEntry& entry : loaded.coverage) {
      if (entry.state != CoverageState::kScanned) {
        env.err << "merlon: `" << escape_for_display(file)
                << "` cannot be read as a manifest: " << escape_for_display(entry.reason) << '\n';
        code = kIncomplete;
      }
    }
    std::move(loaded.manifests.begin(), loaded.manifests.end(), std::back_inserter(out));
  }
  return out;
}

std::string policies_folder(const Env& env) {
  return state_place(env, "policies");
}

}  // namespace merlon::cli
