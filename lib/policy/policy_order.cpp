#include "policy/policy_order.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

/// The leaves of a table: path to kind and text. Order of keys does not matter.
using Leaves = std::map<std::string, std::string, std::less<>>;

Leaves leaves_of(const PolicyNode& top) {
  Leaves out;
  if (top.node == kNoNode) {
    return out;
  }
  const Document& document = *top.document;
  std::vector<std::pair<NodeId, std::string>> open{{top.node, ""}};
  while (!open.empty()) {
    const auto [node, path] = std::move(open.back());
    open.pop_back();
    const NodeKind kind = document.kind(node);
    std::string text = std::to_string(static_cast<int>(kind)) + " ";
    if (kind == NodeKind::kObject) {
      for (const auto& [key, value] : document.members(node)) {
        open.emplace_back(value, path + "/" + document.text(key));
      }
    } else if (kind == NodeKind::kArray) {
      const std::vector<NodeId> elements = document.elements(node);
      text += std::to_string(elements.size());
      for (std::size_t i = 0; i < elements.size(); ++i) {
        open.emplace_back(elements[i], path + "/" + std::to_string(i));
      }
    } else {
      text += document.text(node);
    }
    out.emplace(path, std::move(text));
  }
  return out;
}

/// What is stricter when its number is lower, or its verdict stronger. `*`: an index.
struct OrderedSetting {
  std::string_view guard;
  std::string_view path;
};
constexpr std::array<OrderedSetting, 4> kLowerIsStricter{{{"rate-limit", "/limit/*/max"},
                                                          {"message-size", "/max_bytes"},
                                                          {"session-scope", "/max_reads"},
                                                          {"session-scope", "/max_changes"}}};
constexpr std::array<OrderedSetting, 12> kStrongerIsStricter{{{"action-tier", "/read"},
                                                              {"action-tier", "/write"},
                                                              {"action-tier", "/delete"},
                                                              {"action-tier", "/admin"},
                                                              {"arguments", "/traversal"},
                                                              {"arguments", "/private_addresses"},
                                                              {"arguments", "/injection"},
                                                              {"arguments", "/escapes"},
                                                              {"pinning", "/changed"},
                                                              {"pinning", "/risk_grew"},
                                                              {"pinning", "/new"},
                                                              {"pinning", "/on_unpinned"}}};

bool is_setting(const OrderedSetting& setting, std::string_view guard, std::string_view path) {
  if (setting.guard != guard) {
    return false;
  }
  const std::size_t star = setting.path.find('*');
  if (star == std::string_view::npos) {
    return setting.path == path;
  }
  const std::string_view before = setting.path.substr(0, star);
  const std::string_view behind = setting.path.substr(star + 1);
  if (!path.starts_with(before) || !path.ends_with(behind) ||
      path.size() <= before.size() + behind.size()) {
    return false;
  }
  const std::string_view index =
      path.substr(before.size(), path.size() - before.size() - behind.size());
  return index.find_first_not_of("0123456789") == std::string_view::npos;
}

template <std::size_t N>
bool is_one_of(const std::array<OrderedSetting, N>& settings, std::string_view guard,
               std::string_view path) {
  return std::any_of(settings.begin(), settings.end(), [&](const OrderedSetting& setting) {
    return is_setting(setting, guard, path);
  });
}

/// allow, warn, ask, deny; nothing for other words.
std::optional<int> strength_of(std::string_view word) {
  constexpr std::array<std::string_view, 4> kWords{"allow", "warn", "ask", "deny"};
  const auto found = std::find(kWords.begin(), kWords.end(), word);
  return found == kWords.end() ? std::nullopt
                               : std::optional(static_cast<int>(found - kWords.begin()));
}

/// One leaf that changed.
bool is_tighter_leaf(std::string_view guard, std::string_view path, std::string_view from,
                     std::string_view to) {
  constexpr std::size_t kKindDigits = 2;
  if (from.substr(0, kKindDigits) != to.substr(0, kKindDigits)) {
    return false;
  }
  const std::string_view before = from.substr(kKindDigits);
  const std::string_view after = to.substr(kKindDigits);
  if (is_one_of(kLowerIsStricter, guard, path)) {
    const auto most = parse_unsigned(before);
    const auto least = parse_unsigned(after);
    return most && least && *least <= *most;
  }
  if (is_one_of(kStrongerIsStricter, guard, path)) {
    const auto weak = strength_of(before);
    const auto strong = strength_of(after);
    return weak && strong && *strong >= *weak;
  }
  return false;
}

bool is_tighter_config(std::string_view guard, const PolicyNode& from, const PolicyNode& to) {
  const Leaves before = leaves_of(from);
  const Leaves after = leaves_of(to);
  return before.size() == after.size() &&
         std::all_of(before.begin(), before.end(), [&](const auto& leaf) {
           const auto same = after.find(leaf.first);
           return same != after.end() &&
                  (same->second == leaf.second ||
                   is_tighter_leaf(guard, leaf.first, leaf.second, same->second));
         });
}

int strength_of(OnError on_error) {
  switch (on_error) {
    case OnError::kAllow: return 0;
    case OnError::kAsk: return 1;
    case OnError::kDeny: return 2;
  }
  return 0;
}

bool counts(const GuardEntry& guard) {
  return guard.enabled && !guard.shadow;
}

/// Its deadline may come earlier only where missing it denies.
bool is_tighter_deadline(const GuardEntry& from, const GuardEntry& to) {
  return to.timeout_ms == from.timeout_ms ||
         (to.timeout_ms < from.timeout_ms && to.on_error == OnError::kDeny);
}

/// Every phase that `from` runs on; an empty list is all of them.
bool runs_at_least(const GuardEntry& from, const GuardEntry& to) {
  return to.runs_on.empty() ||
         (!from.runs_on.empty() &&
          std::all_of(from.runs_on.begin(), from.runs_on.end(), [&to](Phase phase) {
            return std::find(to.runs_on.begin(), to.runs_on.end(), phase) != to.runs_on.end();
          }));
}

class PolicyOrder {
 public:
  PolicyOrder(const Policy& from, const Policy& to) : from_(from), to_(to) {}

  [[nodiscard]] std::vector<std::string> points() && {
    compare_head();
    compare_guards();
    compare_tools();
    compare_sections();
    return std::move(points_);
  }

 private:
  void loose(std::string what) { points_.push_back(std::move(what)); }

  void compare_head() {
    if (from_.mode == PolicyMode::kEnforce && to_.mode == PolicyMode::kShadow) {
      loose("`mode` is shadow");
    }
    if (to_.shadow_share > from_.shadow_share) {
      loose("`shadow_share` is higher");
    }
    if (from_.tenant_required && !to_.tenant_required) {
      loose("no tenant is required");
    }
    if (from_.tenant != to_.tenant) {
      loose("another tenant's overrides count");
    }
    if (to_.defaults.unlisted_tool < from_.defaults.unlisted_tool) {
      loose("`unlisted_tool` is weaker");
    }
  }

  /// What decides in `from` decides in `to`, in the same order; others may come to it.
  void compare_guards() {
    const std::vector<const GuardEntry*> before = in_order(from_);
    const std::vector<const GuardEntry*> after = in_order(to_);
    auto at = after.begin();
    for (const GuardEntry* const guard : before) {
      const auto found = std::find_if(after.begin(), after.end(), [guard](const GuardEntry* other) {
        return other->id == guard->id && other->type == guard->type;
      });
      const std::string name = "guard `" + escape_for_display(guard->id) + "`";
      if (found == after.end()) {
        loose(name + " is gone, off or only watches");
        continue;
      }
      if (found < at) {
        loose(name + " runs in another order");
      }
      at = std::max(at, found);
      compare_guard(name, *guard, **found);
    }
  }

  void compare_guard(const std::string& name, const GuardEntry& from, const GuardEntry& to) {
    if (!runs_at_least(from, to)) {
      loose(name + " runs on less");
    }
    if (strength_of(to.on_error) < strength_of(from.on_error)) {
      loose(name + " has a weaker `on_error`");
    }
    if (!is_tighter_deadline(from, to)) {
      loose(name + " has another `timeout_ms`");
    }
    if (!is_tighter_config(from.type, from.config, to.config)) {
      loose(name + " is configured otherwise");
    }
  }

  static std::vector<const GuardEntry*> in_order(const Policy& policy) {
    std::vector<const GuardEntry*> out;
    for (const GuardEntry& guard : policy.guards) {
      if (counts(guard)) {
        out.push_back(&guard);
      }
    }
    std::stable_sort(out.begin(), out.end(), [](const GuardEntry* a, const GuardEntry* b) {
      return a->priority < b->priority;
    });
    return out;
  }

  /// The first entry that matches is a tool's. A new one may come between where it denies, and
  /// where the guard that reads it is there.
  void compare_tools() {
    const bool read = std::any_of(to_.guards.begin(), to_.guards.end(), [](const GuardEntry& g) {
      return g.type == "tool-list" && counts(g) && g.runs_on.empty();
    });
    std::size_t at = 0;
    for (const ToolEntry& entry : to_.tools) {
      if (at < from_.tools.size() && is_same_tool(from_.tools[at], entry)) {
        compare_tool(from_.tools[at], entry);
        ++at;
      } else if (!read || (entry.decision != Verdict::kDeny && !entry.hidden)) {
        loose("a new entry for tool `" + escape_for_display(entry.tool) + "`");
      }
    }
    if (at < from_.tools.size()) {
      loose("the entry for tool `" + escape_for_display(from_.tools[at].tool) +
            "` is gone or stands elsewhere");
    }
  }

  static bool is_same_tool(const ToolEntry& a, const ToolEntry& b) {
    return a.tool == b.tool && a.server == b.server;
  }

  void compare_tool(const ToolEntry& from, const ToolEntry& to) {
    const std::string name = "the entry for tool `" + escape_for_display(to.tool) + "`";
    const Verdict before = from.decision.value_or(Verdict::kAllow);
    const Verdict after = to.decision.value_or(Verdict::kAllow);
    if ((from.hidden && !to.hidden) || (after < before && !to.hidden)) {
      loose(name + " is weaker");
    }
    if (rest_of(from) != rest_of(to)) {
      loose(name + " says something else");
    }
  }

  /// What is compared as it is.
  static Leaves rest_of(const ToolEntry& entry) {
    Leaves out = leaves_of(entry.entry);
    for (const std::string_view key : {"", "/decision", "/hidden", "/reason"}) {
      if (const auto found = out.find(key); found != out.end()) {
        out.erase(found);
      }
    }
    return out;
  }

  void compare_sections() {
    for (const std::string_view name : section_names()) {
      if (name == "environment" || name == "containment") {
        continue;
      }
      const PolicyNode* const before = from_.section(name);
      const PolicyNode* const after = to_.section(name);
      if ((before == nullptr) != (after == nullptr) ||
          (before != nullptr && leaves_of(*before) != leaves_of(*after))) {
        loose("`[" + std::string(name) + "]` is another one");
      }
    }
  }

  [[nodiscard]] std::vector<std::string_view> section_names() const {
    std::vector<std::string_view> out;
    for (const Policy* const policy : {&from_, &to_}) {
      for (const auto& [name, node] : policy->sections) {
        if (std::find(out.begin(), out.end(), name) == out.end()) {
          out.push_back(name);
        }
      }
    }
    return out;
  }

  const Policy& from_;
  const Policy& to_;
  std::vector<std::string> points_;
};

}  // namespace

std::vector<std::string> looser_points(const Policy& from, const Policy& to) {
  std::vector<std::string> out = PolicyOrder(from, to).points();
  if (from.minimum == nullptr) {
    return out;
  }
  if (to.minimum == nullptr) {
    out.emplace_back("the system's policy is gone");
    return out;
  }
  for (const std::string& point : PolicyOrder(*from.minimum, *to.minimum).points()) {
    out.push_back("the system's policy: " + point);
  }
  return out;
}

}  // namespace merlon
