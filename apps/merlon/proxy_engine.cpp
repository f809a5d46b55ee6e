#include "proxy_engine.h"

#include <ostream>
#include <utility>

#include "base/text.h"
#include "capability/pins.h"
#include "policy/policy_loader.h"
#include "policy/recorded_policy.h"
#include "policy/shipped_policies.h"
#include "rules/matcher.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

std::unexpected<Error> tell_engine(Env& env, const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  env.err.flush();
  return std::unexpected(errors.front());
}

/// What a person approved of this server as it is launched; nothing when nothing is.
Checked<std::optional<std::string>> read_pins(Env& env, const ProxyEngineChoice& choice,
                                              const Limits& limits) {
  const std::string folder = state_place(env, "pins");
  const std::string path = folder + "/" + pin_file_name(choice.server, choice.launch);
  if (folder.empty() || !env.files.kind_of(path)) {
    return std::optional<std::string>();
  }
  auto source = env.files.read(path, limits.file_bytes);
  if (!source) {
    return std::unexpected(std::vector<Error>{source.error()});
  }
  return std::optional(std::string((*source)->bytes()));
}

Result<Policy> read_proxy_policy(Env& env, const ProxyEngineChoice& choice,
                                 const RememberingFiles& files) {
  auto path = find_policy(PolicyStore(env.files, state_place(env, "policies")), choice.policy);
  if (!path) {
    return tell_engine(env, {path.error()});
  }
  PolicyOptions options;
  options.tenant = choice.tenant;
  if (!choice.no_system) {
    options.system_path = choice.system.empty() ? std::string(kSystemPolicyPath) : choice.system;
  }
  if (!choice.system.empty() && !env.files.kind_of(choice.system)) {
    // A default that is not there is no minimum; one that was named must be there.
    return tell_engine(env,
                       {make_error(ErrorCode::kNotFound, "cannot open `", choice.system, "`")});
  }
  auto policy = load_policy(files, *path, options);
  return policy ? Result<Policy>(*std::move(policy)) : tell_engine(env, policy.error());
}

}  // namespace

Result<ReloadedPolicy> make_proxy_engine(Env& env, const ProxyEngineChoice& choice) {
  const Limits limits;
  const ShippedFiles shipped(env.files);
  const RememberingFiles files(shipped);
  MERLON_TRY(const Policy policy, read_proxy_policy(env, choice, files));
  const auto rules = CompiledRules::built_in();
  if (!rules) {
    return tell_engine(env, {rules.error()});
  }
  auto pins = read_pins(env, choice, limits);
  if (!pins) {
    return tell_engine(env, pins.error());
  }
  ReloadedPolicy out;
  out.engine = {.policy = record_policy(policy, choice.tenant, files),
                .rules_version = (*rules)->info().version,
                .rules_digest = (*rules)->info().digest,
                .pins = *std::move(pins)};
  // What decides is what a recording of it decides.
  auto compiled = compile_recorded(out.engine, *rules, limits);
  if (!compiled) {
    return tell_engine(env, compiled.error());
  }
  out.policy = *std::move(compiled);
  return out;
}

}  // namespace merlon::cli
