// Bounds how often something is done within a sliding window. docs/guards/rate-limit.md
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "guard/call_action.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/sliding_window.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 2> kRateKeys{"limit", "most_keys"};
constexpr std::array<std::string_view, 6> kLimitKeys{"scope",  "tool", "class",
                                                     "method", "max",  "window"};
constexpr std::array<std::string_view, 2> kToolRateKeys{"max", "per_seconds"};
constexpr std::array<std::string_view, 6> kScopeNames{"session", "server", "user",
                                                      "tenant",  "tool",   "class"};
constexpr std::array<std::string_view, 8> kClassNames{"read",     "write", "delete",    "admin",
                                                      "deletion", "bulk",  "privilege", "money"};
constexpr std::uint64_t kMostCounted = 10'000;
constexpr std::uint64_t kLongestWindow = 31ULL * 24 * 3600;
constexpr std::uint64_t kDefaultKeys = 1024;
constexpr std::uint64_t kMostKeys = 16'384;
constexpr std::size_t kTierClasses = 4;  ///< of kClassNames; the others are categories

/// What has a count of its own. In the order of kScopeNames.
enum class RateScope : std::uint8_t { kSession, kServer, kUser, kTenant, kTool, kClass };

/// A `[[guard.config.limit]]`, or one rate of a `[[tool]]` entry.
struct RateLimit {
  std::string id;  ///< of its counters: `3` or `tool/0/1`
  RateScope scope{RateScope::kSession};
  std::string tool{"*"};
  std::string method{"tools/call"};
  std::optional<std::size_t> action_class;  ///< index into kClassNames
  WindowLimit window;
};

/// The rates of one `[[tool]]` entry; entries without rates stand too, because the first match
/// wins.
struct EntryRates {
  std::string tool;
  std::string server;
  std::vector<RateLimit> rates;
};

bool is_of_class(const ActionClass& action, std::size_t index) {
  return index < kTierClasses ? static_cast<std::size_t>(action.tier) == index
                              : (action.categories & (1U << (index - kTierClasses))) != 0;
}

class RateLimitGuard final : public Guard {
 public:
  RateLimitGuard(std::vector<RateLimit> limits, std::vector<EntryRates> entries,
                 std::size_t most_keys)
      : limits_(std::move(limits)), entries_(std::move(entries)), most_keys_(most_keys) {
    reads_class_ = std::ranges::any_of(limits_, [](const RateLimit& limit) {
      return limit.action_class || limit.scope == RateScope::kClass;
    });
    has_rates_ =
        std::ranges::any_of(entries_, [](const EntryRates& entry) { return !entry.rates.empty(); });
  }

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    const RateLimit* worst = nullptr;
    std::uint64_t wait = 0;
    for (const auto& [limit, key] : counters_of(input)) {
      const auto found = input.memory.series.find(key);
      if (found == input.memory.series.end()) {
        continue;
      }
      const auto needed = wait_for_room(found->second, limit->window, input.event.time_ms);
      if (needed && (worst == nullptr || *needed > wait)) {
        worst = limit;
        wait = *needed;
      }
    }
    return worst == nullptr ? allow() : deny(too_often(*worst, wait));
  }

  /// What passes is counted when it is decided: the answer to a call may be long in coming.
  void settle(const GuardInput& input, const Decision& decision,
              GuardMemory& memory) const override {
    if (reads_class_) {
      remember_action(input, memory);
    }
    if (!passes(decision)) {
      return;
    }
    for (const auto& [limit, key] : counters_of(input)) {
      auto found = memory.series.find(key);
      if (found == memory.series.end()) {
        make_room(memory);
        found = memory.series.emplace(key, std::vector<std::int64_t>{}).first;
      }
      count_event(found->second, limit->window, input.event.time_ms);
    }
  }

 private:
  struct Counter {
    const RateLimit* limit;
    std::string key;
  };

  [[nodiscard]] std::vector<Counter> counters_of(const GuardInput& input) const {
    static const std::string none;
    const std::string& tool = input.phase == Phase::kToolInvoke ? input.tool_name() : none;
    std::optional<ActionClass> action;
    if (reads_class_ && input.phase == Phase::kToolInvoke) {
      action = action_of_call(input);
    }
    std::vector<Counter> out;
    for (const RateLimit& limit : limits_) {
      if (glob_match(limit.method, input.message.method) && glob_match(limit.tool, tool) &&
          (!limit.action_class || (action && is_of_class(*action, *limit.action_class)))) {
        out.push_back({.limit = &limit, .key = key_of(limit, input, tool, action)});
      }
    }
    if (has_rates_ && input.phase == Phase::kToolInvoke) {
      add_entry_rates(input, tool, out);
    }
    return out;
  }

  void add_entry_rates(const GuardInput& input, const std::string& tool,
                       std::vector<Counter>& out) const {
    for (const EntryRates& entry : entries_) {
      if (!glob_match(entry.tool, tool) || !glob_match(entry.server, input.state.server)) {
        continue;
      }
      for (const RateLimit& rate : entry.rates) {
        out.push_back({.limit = &rate, .key = rate.id});
      }
      return;
    }
  }

  /// A name of its own for each thing that is counted.
  [[nodiscard]] static std::string key_of(const RateLimit& limit, const GuardInput& input,
                                          const std::string& tool,
                                          const std::optional<ActionClass>& action) {
    std::string key = limit.id + ":";
    switch (limit.scope) {
      case RateScope::kSession: key += input.state.session; break;
      case RateScope::kServer: key += input.state.server; break;
      case RateScope::kUser: key += input.state.user; break;
      case RateScope::kTenant: key += input.state.tenant; break;
      case RateScope::kTool: key += tool; break;
      case RateScope::kClass: key += action ? to_string(action->tier) : std::string_view(); break;
    }
    return key;
  }

  /// The counter that was used longest ago goes.
  void make_room(GuardMemory& memory) const {
    while (memory.series.size() >= most_keys_) {
      const auto oldest = std::ranges::min_element(memory.series, {}, [](const auto& counter) {
        return counter.second.empty() ? std::int64_t{0} : counter.second.back();
      });
      memory.series.erase(oldest);
    }
  }

  [[nodiscard]] static Reason too_often(const RateLimit& limit, std::uint64_t wait) {
    const auto seconds = static_cast<std::uint64_t>(limit.window.window_ms / 1000);
    Reason reason;
    reason.code = DenialCode::kRateLimitExceeded;
    reason.rule_id =
        "rate-limit-" + std::string(kScopeNames[static_cast<std::size_t>(limit.scope)]);
    reason.severity = Severity::kMedium;
    reason.message = "more than " + std::to_string(limit.window.max) + " in " +
                     counted(seconds, "second") + " are not allowed" + what_is_counted(limit);
    reason.remedy = "wait, or make fewer of these calls";
    reason.retry_after_seconds = wait;
    return reason;
  }

  [[nodiscard]] static std::string what_is_counted(const RateLimit& limit) {
    std::string out;
    if (limit.tool != "*") {
      out += " for tools `" + shorten(limit.tool, 64) + "`";
    }
    if (limit.action_class) {
      out += " for class `" + std::string(kClassNames[*limit.action_class]) + "`";
    }
    if (limit.method != "tools/call") {
      out += " for method `" + shorten(limit.method, 64) + "`";
    }
    return out;
  }

  std::vector<RateLimit> limits_;
  std::vector<EntryRates> entries_;
  std::size_t most_keys_;
  bool reads_class_{false};
  bool has_rates_{false};
};

WindowLimit read_window(TableReader& reader, NodeId table, std::string_view window_key,
                        std::string_view what) {
  for (const std::string_view key : {std::string_view("max"), window_key}) {
    if (!reader.field(table, key)) {
      reader.complain_missing(table, what, " has no `", key, "`");
    }
  }
  const auto most = reader.number(table, "max", {.least = 1, .most = kMostCounted});
  const auto seconds = reader.number(table, window_key, {.least = 1, .most = kLongestWindow});
  return {.max = static_cast<std::size_t>(most.value_or(1)),
          .window_ms = static_cast<std::int64_t>(seconds.value_or(1)) * 1000};
}

RateLimit read_limit(TableReader& reader, NodeId table, std::size_t index) {
  reader.check_keys(table, kLimitKeys, "`[[guard.config.limit]]`");
  RateLimit limit;
  limit.id = std::to_string(index);
  if (const auto scope = reader.choice(table, "scope", kScopeNames)) {
    limit.scope = static_cast<RateScope>(*scope);
  }
  limit.tool = reader.string(table, "tool").value_or("*");
  limit.method = reader.string(table, "method").value_or("tools/call");
  limit.action_class = reader.choice(table, "class", kClassNames);
  limit.window = read_window(reader, table, "window", "a limit");
  const bool calls_only = limit.tool != "*" || limit.action_class ||
                          limit.scope == RateScope::kTool || limit.scope == RateScope::kClass;
  if (calls_only && !glob_match(limit.method, "tools/call")) {
    reader.complain(reader.field(table, "method").value_or(table),
                    "a limit of tools or classes counts `tools/call` only");
  }
  return limit;
}

/// `[[tool.rate]]`; the tables may stand in another file than the guard's.
EntryRates read_entry_rates(TableReader& complaints, const ToolEntry& entry, std::size_t index) {
  EntryRates out{.tool = entry.tool, .server = entry.server, .rates = {}};
  if (entry.entry.document == nullptr || entry.entry.node == kNoNode) {
    return out;
  }
  TableReader reader(*entry.entry.document, ErrorCode::kBadPolicy);
  for (const NodeId table : reader.tables(entry.entry.node, "rate")) {
    reader.check_keys(table, kToolRateKeys, "`[[tool.rate]]`");
    RateLimit rate;
    rate.id = "tool/" + std::to_string(index) + "/" + std::to_string(out.rates.size());
    rate.scope = RateScope::kTool;
    rate.tool = entry.tool;
    rate.window = read_window(reader, table, "per_seconds", "a rate");
    out.rates.push_back(std::move(rate));
  }
  for (Error& error : std::move(reader).take_errors()) {
    const Location where = error.where;
    complaints.complain_at(where, std::move(error));
  }
  return out;
}

}  // namespace

std::unique_ptr<Guard> make_rate_limit_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kRateKeys, "the configuration of `rate-limit`");
  std::vector<RateLimit> limits;
  for (const NodeId table : reader.tables(config.table, "limit")) {
    limits.push_back(read_limit(reader, table, limits.size()));
  }
  std::vector<EntryRates> entries;
  entries.reserve(config.policy.tools.size());
  for (const ToolEntry& entry : config.policy.tools) {
    entries.push_back(read_entry_rates(reader, entry, entries.size()));
  }
  const std::uint64_t most_keys =
      reader.number(config.table, "most_keys", {.least = 16, .most = kMostKeys})
          .value_or(kDefaultKeys);
  if (reader.has_errors()) {
    return nullptr;
  }
  return std::make_unique<RateLimitGuard>(std::move(limits), std::move(entries),
                                          static_cast<std::size_t>(most_keys));
}

}  // namespace merlon
