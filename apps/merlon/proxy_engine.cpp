#include "proxy_engine.h"

#include <utility>

#include "capability/pins.h"
#include "policy/policy_loader.h"
#include "policy/recorded_policy.h"
#include "policy/shipped_policies.h"
#include "policy_actions.h"
#include "required_attestations.h"
#include "rules/matcher.h"
#include "signed_policy.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

std::unexpected<std::vector<Error>> only_error(Error error) {
  return std::unexpected(std::vector<Error>{std::move(error)});
}

/// What the command line and the policy demand of pins.
std::optional<Error> check_pins(Env& env, SignedInputs& signed_inputs, const Policy& policy,
                                const ProxyEngineChoice& choice, PinnedServer server) {
  server.name = choice.server;
  if (auto error =
          check_pins_signature(env, signed_inputs, server.path, server.pins, choice.lock_keys)) {
    return error;
  }
  return check_required_attestations(env, signed_inputs, policy, server);
}

/// What a person approved of this server as it is launched; nothing when nothing is.
Checked<std::optional<std::string>> read_pins(Env& env, SignedInputs& signed_inputs,
                                              const Policy& policy, const ProxyEngineChoice& choice,
                                              const Limits& limits) {
  const std::string folder = state_place(env, "pins");
  const std::string path = folder + "/" + pin_file_name(choice.server, choice.launch);
  if (folder.empty() || !env.files.kind_of(path)) {
    if (auto error = check_pins(env, signed_inputs, policy, choice, {.path = path})) {
      return only_error(*std::move(error));
    }
    return std::optional<std::string>();
  }
  auto source = env.files.read(path, limits.file_bytes);
  if (!source) {
    return only_error(std::move(source).error());
  }
  if (auto error =
          check_pins(env, signed_inputs, policy, choice, {.path = path, .pins = source->get()})) {
    return only_error(*std::move(error));
  }
  return std::optional(std::string((*source)->bytes()));
}

Checked<Policy> read_proxy_policy(Env& env, const ProxyEngineChoice& choice,
                                  const RememberingFiles& files) {
  auto path = find_policy(PolicyStore(env.files, state_place(env, "policies")), choice.policy);
  if (!path) {
    return only_error(std::move(path).error());
  }
  auto options = policy_options(env, choice.tenant, choice.system, choice.no_system);
  if (!options) {
    return only_error(std::move(options).error());
  }
  return load_policy(files, *path, *options);
}

}  // namespace

Checked<ReloadedPolicy> make_proxy_engine(Env& env, const ProxyEngineChoice& choice) {
  const Limits limits;
  const ShippedFiles shipped(env.files);
  const RememberingFiles files(shipped);
  MERLON_TRY(const Policy policy, read_proxy_policy(env, choice, files));
  SignedInputs signed_inputs(
      env, {.limits = limits, .today = today(env.clock), .key_lists = choice.key_lists});
  if (auto error = check_policy_signature(env, signed_inputs, policy, files, choice.policy_keys)) {
    return only_error(*std::move(error));
  }
  const auto rules = CompiledRules::built_in();
  if (!rules) {
    return only_error(rules.error());
  }
  auto pins = read_pins(env, signed_inputs, policy, choice, limits);
  if (!pins) {
    return std::unexpected(std::move(pins).error());
  }
  ReloadedPolicy out;
  out.engine = {.policy = record_policy(policy, choice.tenant, files),
                .rules_version = (*rules)->info().version,
                .rules_digest = (*rules)->info().digest,
                .pins = *std::move(pins)};
  // What decides is what a recording of it decides.
  auto compiled = compile_recorded(out.engine, *rules, limits);
  if (!compiled) {
    return std::unexpected(std::move(compiled).error());
  }
  out.policy = *std::move(compiled);
  return out;
}

}  // namespace merlon::cli
