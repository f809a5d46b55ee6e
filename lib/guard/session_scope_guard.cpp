// What this one session may do, how much of it, and until when. docs/guards/session-scope.md
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "base/timestamp.h"
#include "guard/argument_shapes.h"
#include "guard/call_action.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/place_rules.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 6> kScopeKeys{"allow",       "until", "max_reads",
                                                     "max_changes", "paths", "hosts"};
constexpr std::array<std::string_view, 3> kUntilKeys{"calls", "minutes", "time"};
constexpr std::uint64_t kMostScopeCalls = 1'000'000'000;
constexpr std::uint64_t kMostScopeMinutes = 366ULL * 24 * 60;
constexpr std::int64_t kMsPerMinute = 60'000;
constexpr std::string_view kStarted = "started";  ///< series: time of the session's first event
constexpr std::string_view kReads = "reads";
constexpr std::string_view kChanges = "changes";

struct ScopeSettings {
  std::vector<std::string> allow;  ///< empty: every tool
  std::optional<std::uint64_t> calls;
  std::optional<std::uint64_t> minutes;
  std::optional<std::int64_t> time_ms;
  std::optional<std::uint64_t> max_reads;
  std::optional<std::uint64_t> max_changes;
  std::optional<PathRule> paths;
  std::optional<HostRule> hosts;
};

std::uint64_t scope_counter(const GuardMemory& memory, std::string_view name) {
  const auto found = memory.counters.find(std::string(name));
  return found == memory.counters.end() ? 0 : found->second;
}

class SessionScopeGuard final : public Guard {
 public:
  explicit SessionScopeGuard(ScopeSettings settings) : settings_(std::move(settings)) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    if (input.phase != Phase::kToolInvoke) {
      return allow();
    }
    if (auto over = check_end(input)) {
      return deny(*std::move(over));
    }
    if (auto wrong = check_tool(input)) {
      return deny(*std::move(wrong));
    }
    if (auto used = check_quota(input)) {
      return deny(*std::move(used));
    }
    return check_places(input);
  }

  void settle(const GuardInput& input, const Decision& decision,
              GuardMemory& memory) const override {
    auto& started = memory.series[std::string(kStarted)];
    if (started.empty()) {
      started.push_back(input.event.time_ms);
    }
    if (input.phase != Phase::kToolInvoke) {
      return;
    }
    remember_action(input, memory);
    if (passes(decision)) {
      ++memory.counters[std::string(reads_only(input) ? kReads : kChanges)];
    }
  }

 private:
  [[nodiscard]] static bool reads_only(const GuardInput& input) {
    const ActionClass action = action_of_call(input);
    return action.tier == ActionTier::kRead && action.categories == 0;
  }

  [[nodiscard]] std::optional<Reason> check_end(const GuardInput& input) const {
    const std::uint64_t calls =
        scope_counter(input.memory, kReads) + scope_counter(input.memory, kChanges);
    if (settings_.calls && calls >= *settings_.calls) {
      return scope_reason("scope-calls", "this session has made the calls that it may make");
    }
    const auto started = input.memory.series.find(std::string(kStarted));
    if (settings_.minutes && started != input.memory.series.end() && !started->second.empty()) {
      const std::int64_t end =
          started->second.front() + (static_cast<std::int64_t>(*settings_.minutes) * kMsPerMinute);
      if (input.event.time_ms >= end) {
        return scope_reason("scope-time", "the time of this session is over");
      }
    }
    if (settings_.time_ms && input.event.time_ms >= *settings_.time_ms) {
      return scope_reason("scope-time", "the time of this session is over");
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Reason> check_tool(const GuardInput& input) const {
    const std::string name = input.tool_name();
    if (settings_.allow.empty() ||
        std::ranges::any_of(settings_.allow,
                            [&name](const std::string& glob) { return glob_match(glob, name); })) {
      return std::nullopt;
    }
    return scope_reason("scope-tool", "this session may not call `" + shorten(name, 64) + "`");
  }

  [[nodiscard]] std::optional<Reason> check_quota(const GuardInput& input) const {
    if (!settings_.max_reads && !settings_.max_changes) {
      return std::nullopt;
    }
    const bool reads = reads_only(input);
    const auto& most = reads ? settings_.max_reads : settings_.max_changes;
    if (!most || scope_counter(input.memory, reads ? kReads : kChanges) < *most) {
      return std::nullopt;
    }
    return reads ? scope_reason("scope-reads", "this session has made the reads that it may make")
                 : scope_reason("scope-changes",
                                "this session has made the changes that it may make");
  }

  /// Every argument that is a path or URL by its name, or by itself.
  [[nodiscard]] GuardOutcome check_places(const GuardInput& input) const {
    const NodeId arguments = input.arguments;
    if ((!settings_.paths && !settings_.hosts) || arguments == kNoNode) {
      return allow();
    }
    const Document& document = input.message.document;
    const NodeId end = document.node(arguments).next;
    std::vector<Need> needs;
    for (NodeId node = arguments; node < end; ++node) {
      if (!document.is(node, NodeKind::kString)) {
        continue;
      }
      if (const auto problem = check_place(input, node, needs)) {
        Reason reason = scope_reason(problem->rule_id, problem->message);
        reason.pointer = document.pointer(node);
        return problem->failed ? error(std::move(reason)) : deny(std::move(reason));
      }
    }
    return needs.empty() ? allow() : wait_for(std::move(needs));
  }

  [[nodiscard]] std::optional<PlaceProblem> check_place(const GuardInput& input, NodeId node,
                                                        std::vector<Need>& needs) const {
    const Document& document = input.message.document;
    const std::string text = document.text(node);
    const ParameterRole role =
        role_of_parameter(argument_key(document, input.arguments, node), false);
    const bool file_url = equals_ignoring_case(std::string_view(text).substr(0, 5), "file:");
    const bool url = !file_url && (role == ParameterRole::kUrl || role == ParameterRole::kHost ||
                                   text.find("://") < kLongestScheme);
    const bool path = file_url || (!url && (role == ParameterRole::kPath || text.starts_with('/') ||
                                            text.starts_with("~/") || text.starts_with("../")));
    if (path && settings_.paths && role != ParameterRole::kText &&
        role != ParameterRole::kStatement) {
      return settings_.paths->check(text, input.event.facts, needs);
    }
    return url && settings_.hosts ? settings_.hosts->check(text, input.event.facts, needs)
                                  : std::nullopt;
  }

  static Reason scope_reason(std::string_view rule, std::string message) {
    Reason reason;
    reason.code = DenialCode::kPermissionDenied;
    reason.rule_id = rule;
    reason.severity = Severity::kHigh;
    reason.message = std::move(message);
    reason.remedy = "start a session whose policy allows it";
    return reason;
  }

  static constexpr std::size_t kLongestScheme = 32;
  ScopeSettings settings_;
};

void read_until(TableReader& reader, NodeId table, ScopeSettings& settings) {
  const auto until = reader.table(table, "until");
  if (!until) {
    return;
  }
  reader.check_keys(*until, kUntilKeys, "`until`");
  settings.calls = reader.number(*until, "calls", {.least = 1, .most = kMostScopeCalls});
  settings.minutes = reader.number(*until, "minutes", {.least = 1, .most = kMostScopeMinutes});
  if (const auto time = reader.string(*until, "time")) {
    settings.time_ms = parse_timestamp_ms(*time);
    if (!settings.time_ms) {
      reader
          .complain(reader.field(*until, "time").value_or(*until),
                    "`time` must be a date and time with an offset")
          .hints.emplace_back("for example `time = 2026-12-31T18:00:00Z`");
    }
  }
}

}  // namespace

std::unique_ptr<Guard> make_session_scope_guard(const GuardConfig& config) {
  TableReader& reader = config.reader;
  reader.check_keys(config.table, kScopeKeys, "the configuration of `session-scope`");
  ScopeSettings settings;
  settings.allow = reader.texts(config.table, "allow");
  if (const auto list = reader.field(config.table, "allow"); list && settings.allow.empty()) {
    reader.complain(*list, "`allow` is empty: leave it out for every tool");
  }
  read_until(reader, config.table, settings);
  const NumberRange range{.least = 0, .most = kMostScopeCalls};
  settings.max_reads = reader.number(config.table, "max_reads", range);
  settings.max_changes = reader.number(config.table, "max_changes", range);
  settings.paths = PathRule::read(reader, config.table, "paths");
  settings.hosts = HostRule::read(reader, config.table, "hosts");
  return reader.has_errors() ? nullptr : std::make_unique<SessionScopeGuard>(std::move(settings));
}

}  // namespace merlon
