#include "proxy_reload.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "base/out_of_reach.h"
#include "base/text.h"
#include "capability/pins.h"
#include "policy/policy_loader.h"
#include "policy/policy_order.h"
#include "policy/shipped_policies.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

std::string pins_path(const Env& env, const ProxyEngineChoice& choice) {
  const std::string folder = state_place(env, "pins");
  return folder.empty() ? folder : folder + "/" + pin_file_name(choice.server, choice.launch);
}

void add_policy_files(const Policy& policy, std::vector<std::string>& out) {
  for (const std::string& file : policy.files) {
    if (!file.starts_with(kShippedPrefix)) {
      out.push_back(file);
    }
  }
}

bool are_out_of_reach(const std::vector<std::string>& files) {
  return !files.empty() && std::all_of(files.begin(), files.end(), is_out_of_reach);
}

/// Whether servers without pins pass its guards of pins unjudged: then pins only take away.
bool lets_unpinned_pass(const Policy& policy) {
  return std::all_of(policy.guards.begin(), policy.guards.end(), [](const GuardEntry& guard) {
    if (guard.type != "pinning" || !guard.enabled) {
      return true;
    }
    const auto word =
        guard.config.node == kNoNode
            ? std::nullopt
            : guard.config.document->find(guard.config.node, "on_unpinned", NodeKind::kString);
    return word && guard.config.document->text(*word) == "allow";
  });
}

}  // namespace

std::vector<std::string> ProxyReload::files() const {
  std::vector<std::string> out;
  const Policy& policy = current_.policy->policy();
  add_policy_files(policy, out);
  if (policy.minimum != nullptr) {
    add_policy_files(*policy.minimum, out);
  } else if (!choice_.no_system) {
    out.push_back(choice_.system.empty() ? std::string(kSystemPolicyPath) : choice_.system);
  }
  if (const std::string pins = pins_path(env_, choice_); !pins.empty()) {
    out.push_back(pins);
  }
  const bool is_name = choice_.policy.find('/') == std::string::npos;
  if (const std::string installed = state_place(env_, "policies"); is_name && !installed.empty()) {
    out.push_back(installed + "/" + choice_.policy + "/current");
  }
  if (!choice_.policy_keys.empty() || !choice_.lock_keys.empty()) {
    // Signed files change together with their signatures.
    const std::size_t count = out.size();
    for (std::size_t i = 0; i < count; ++i) {
      out.push_back(out[i] + ".sig");
    }
  }
  return out;
}

bool ProxyReload::may_loosen(const ReloadedPolicy& fresh) const {
  const Policy& policy = fresh.policy->policy();
  // Which file it is can be in this user's hands although no file is.
  if (policy.files.back() != current_.policy->policy().files.back()) {
    return false;
  }
  std::vector<std::string> files;
  add_policy_files(policy, files);
  if (policy.minimum != nullptr) {
    add_policy_files(*policy.minimum, files);
  }
  return are_out_of_reach(files);
}

std::string ProxyReload::pins_objection(const ReloadedPolicy& fresh) const {
  if (fresh.engine.pins == current_.engine.pins) {
    return {};
  }
  const Policy& policy = fresh.policy->policy();
  const bool only_more = !current_.engine.pins && lets_unpinned_pass(policy) &&
                         (policy.minimum == nullptr || lets_unpinned_pass(*policy.minimum));
  return only_more || !choice_.lock_keys.empty() || is_out_of_reach(pins_path(env_, choice_))
             ? std::string()
             : "the server's pins are other ones";
}

std::string ProxyReload::objection(const ReloadedPolicy& fresh) const {
  const std::vector<std::string> points =
      looser_points(current_.policy->policy(), fresh.policy->policy());
  // What must be signed has been verified: more may be allowed by who has the key.
  if (!points.empty() && choice_.policy_keys.empty() && !may_loosen(fresh)) {
    return points.front() +
           (points.size() > 1 ? ", and " + counted(points.size() - 1, "point") + " more" : "");
  }
  return pins_objection(fresh);
}

ReloadOutcome ProxyReload::read_again() {
  ReloadOutcome out;
  auto fresh = make_proxy_engine(env_, choice_);
  if (!fresh) {
    for (const Error& error : fresh.error()) {
      env_.err << render(error);
    }
    env_.err.flush();
    out.why =
        "the changed one cannot be read: " + escape_for_display(fresh.error().front().message);
  } else if (fresh->engine.policy.digest == current_.engine.policy.digest &&
             fresh->engine.pins == current_.engine.pins) {
    out.state = ReloadState::kSame;
  } else if (const std::string why = objection(*fresh); !why.empty()) {
    out.why = "the changed one may be looser: " + why;
  } else {
    out.state = ReloadState::kTaken;
    current_ = *fresh;
    out.engine = *std::move(fresh);
  }
  out.files = files();
  return out;
}

}  // namespace merlon::cli
