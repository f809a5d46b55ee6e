#include "policy/policy_lint.h"

#include <algorithm>
#include <utility>

#include "base/place_order.h"
#include "base/text.h"
#include "guard/guard.h"

namespace merlon {
namespace {

class PolicyLint {
 public:
  PolicyLint(const Policy& policy, const std::vector<KnownTool>& tools)
      : policy_(policy), tools_(tools) {}

  std::vector<PolicyWarning> run() && {
    for (const GuardEntry& guard : policy_.guards) {
      check_guard(guard);
    }
    for (std::size_t i = 0; i < policy_.tools.size(); ++i) {
      check_entry(policy_.tools[i]);
      check_shadowed(i);
    }
    check_whole();
    sort_by_place(warnings_);
    return std::move(warnings_);
  }

 private:
  void warn(const Location& where, std::string_view id, std::string message, std::string hint) {
    warnings_.push_back({.id = std::string(id),
                         .message = std::move(message),
                         .hint = std::move(hint),
                         .where = where});
  }

  /// A guard of this type that is enabled.
  [[nodiscard]] bool has_guard(std::string_view type) const {
    return std::any_of(policy_.guards.begin(), policy_.guards.end(),
                       [type](const GuardEntry& g) { return g.type == type && g.enabled; });
  }

  static bool judges_calls(const GuardEntry& guard) {
    if (!guard.runs_on.empty()) {
      return std::find(guard.runs_on.begin(), guard.runs_on.end(), Phase::kToolInvoke) !=
             guard.runs_on.end();
    }
    const GuardKind* const kind = find_guard_kind(guard.type);
    return kind != nullptr && (kind->phases & phase_bit(Phase::kToolInvoke)) != 0;
  }

  /// Some call that changes something can pass.
  [[nodiscard]] bool lets_writes_pass() const {
    if (policy_.defaults.unlisted_tool == Verdict::kAllow) {
      return true;
    }
    return std::any_of(policy_.tools.begin(), policy_.tools.end(), [](const ToolEntry& entry) {
      return !entry.hidden && entry.decision.value_or(Verdict::kAllow) != Verdict::kDeny &&
             entry.tier.value_or(ActionTier::kWrite) != ActionTier::kRead;
    });
  }

  void check_guard(const GuardEntry& guard) {
    if (!guard.enabled) {
      warn(guard.where, "guard-never-runs", "guard `" + guard.id + "` is off and never runs",
           "say `enabled = true`, or take the entry out");
      return;
    }
    if (guard.on_error == OnError::kAllow && judges_calls(guard) && lets_writes_pass()) {
      warn(guard.where, "fails-open",
           "when guard `" + guard.id + "` fails, calls of tools that write pass",
           "say `on_error = \"deny\"` or `\"ask\"`, or allow tools of tier `read` only");
    }
  }

  void check_entry(const ToolEntry& entry) {
    const Document& document = *entry.entry.document;
    const auto has = [&](std::string_view key) {
      return document.find(entry.entry.node, key).has_value();
    };
    const bool says_something = entry.decision || entry.tier || entry.hidden ||
                                entry.capabilities || has("argument") || has("rate");
    if (!says_something) {
      // Still useful where unlisted tools do not pass: being listed allows.
      if (policy_.defaults.unlisted_tool == Verdict::kAllow) {
        warn(entry.where, "entry-says-nothing", "the entry for `" + entry.tool + "` says nothing",
             "give it a `decision`, `tier`, `hidden`, `capabilities`, `argument` or `rate`");
      }
      return;
    }
    if (entry.hidden && entry.decision && *entry.decision != Verdict::kDeny) {
      warn(entry.where, "hidden-and-decided",
           "`" + entry.tool + "` is hidden, so its `decision` is never used",
           "leave out one of the two");
    }
    check_read(entry, entry.decision.has_value() || entry.hidden, "decision", "tool-list");
    check_read(entry, has("argument"), "argument", "arguments");
    check_read(entry, has("rate"), "rate", "rate-limit");
    check_matches(entry);
  }

  void check_read(const ToolEntry& entry, bool said, std::string_view what, std::string_view by) {
    if (said && !has_guard(by)) {
      warn(entry.where, "entry-not-read",
           "the `" + std::string(what) + "` of the entry for `" + entry.tool +
               "` has no effect: no guard of type `" + std::string(by) + "` runs",
           "add `[[guard]]` with `type = \"" + std::string(by) + "\"`");
    }
  }

  void check_matches(const ToolEntry& entry) {
    const bool blank = entry.tool.find_first_of(" \t\n") != std::string::npos;
    if (blank || entry.tool.find("[]") != std::string::npos) {
      warn(entry.where, "entry-never-matches", "no tool can be named like `" + entry.tool + "`",
           "globs know `*`, `?` and `[a-z]`");
      return;
    }
    const bool matches = std::any_of(tools_.begin(), tools_.end(), [&](const KnownTool& tool) {
      return glob_match(entry.tool, tool.tool) &&
             (tool.server.empty() || glob_match(entry.server, tool.server));
    });
    if (!tools_.empty() && !matches) {
      std::vector<std::string_view> names;
      names.reserve(tools_.size());
      for (const KnownTool& tool : tools_) {
        names.push_back(tool.tool);
      }
      const std::string_view near = nearest(entry.tool, names);
      warn(entry.where, "entry-never-matches",
           "the entry for `" + entry.tool + "` names no tool of the manifest",
           near.empty() ? "" : "did you mean `" + std::string(near) + "`?");
    }
  }

  void check_shadowed(std::size_t index) {
    const ToolEntry& entry = policy_.tools[index];
    for (std::size_t i = 0; i < index; ++i) {
      const ToolEntry& before = policy_.tools[i];
      if (glob_covers(before.tool, entry.tool) && glob_covers(before.server, entry.server)) {
        warn(entry.where, "entry-shadowed",
             "the entry for `" + entry.tool + "` is never used: the one for `" + before.tool +
                 "` in line " + std::to_string(before.where.line) + " of " + before.where.file +
                 " comes first",
             "the first entry that matches a tool is its entry: put the narrower one first");
        return;
      }
    }
  }

  void check_whole() {
    Location place;
    place.file = policy_.files.empty() ? policy_.name : policy_.files.back();
    place.line = 1;
    place.column = 1;
    if (policy_.guards.empty()) {
      warn(place, "no-guards", "the policy has no guards: everything passes", "add `[[guard]]`");
    }
    if (policy_.defaults.unlisted_tool != Verdict::kAllow && !has_guard("tool-list")) {
      warn(place, "default-not-read",
           "`unlisted_tool` has no effect: no guard of type `tool-list` runs",
           "add `[[guard]]` with `type = \"tool-list\"`");
    }
    if (policy_.section("rule_of_two") != nullptr && !has_guard("rule-of-two")) {
      warn(place, "section-not-read",
           "`[rule_of_two]` has no effect: no guard of type `rule-of-two` runs",
           "add `[[guard]]` with `type = \"rule-of-two\"`");
    }
    if (policy_.tenant_required && policy_.tenants.empty()) {
      warn(place, "no-tenants", "a tenant is required and there is none: everything is denied",
           "add `[tenant.NAME]`");
    }
  }

  const Policy& policy_;
  const std::vector<KnownTool>& tools_;
  std::vector<PolicyWarning> warnings_;
};

}  // namespace

bool glob_covers(std::string_view wide, std::string_view narrow) {
  if (wide == narrow) {
    return true;
  }
  // Where the wide one has stars only and the narrow one no classes, the narrow one's own `*` and
  // `?` can only be taken up by stars.
  return wide.find_first_of("?[") == std::string_view::npos &&
         narrow.find('[') == std::string_view::npos && glob_match(wide, narrow);
}

std::vector<PolicyWarning> lint_policy(const Policy& policy, const std::vector<KnownTool>& tools) {
  return PolicyLint(policy, tools).run();
}

}  // namespace merlon
