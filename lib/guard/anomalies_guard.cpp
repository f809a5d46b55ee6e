// What a session does not usually do: floods, loops, denials, growing lists.
// docs/guards/anomalies.md
#include <algorithm>
#include <array>

#include "base/digest/digest.h"
#include "base/text.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"
#include "guard/size_history.h"

namespace merlon {
namespace {

/// In the order of kAnomalyRules.
enum class AnomalyRule : std::uint8_t {
  kToolSpike,
  kListChanges,
  kDenials,
  kRepeatedCall,
  kAlternatingCalls,
  kErrorStorm,
  kArgumentSize,
};
constexpr std::size_t kAnomalyCount = 7;
struct AnomalyRow {
  std::string_view key;  ///< of the verdict in the configuration
  Verdict fallback;
  std::string_view remedy;
};
constexpr std::array<AnomalyRow, kAnomalyCount> kAnomalyRules{{
    {"tool_spike", Verdict::kWarn, "review the tools that are new"},
    {"list_changes", Verdict::kWarn, "find out why the server changes its tools"},
    {"denials", Verdict::kAsk, "find out what is being tried before going on"},
    {"repeated_call", Verdict::kDeny, "do not make the same call again"},
    {"alternating_calls", Verdict::kDeny, "do not make the same two calls again"},
    {"error_storm", Verdict::kDeny, "find out why calls fail before making more"},
    {"argument_size", Verdict::kWarn, "see what this call carries"},
}};

struct AnomalyNumber {
  std::string_view key;
  std::uint64_t fallback;
  NumberRange range;
};
/// In the order of read_anomaly_options.
constexpr std::array<AnomalyNumber, 13> kAnomalyNumbers{{
    {"tool_spike_percent", 200, {.least = 101, .most = 10'000}},
    {"tool_spike_least", 10, {.least = 1, .most = 100'000}},
    {"most_list_changes", 5, {.least = 1, .most = 1000}},
    {"most_denials", 10, {.least = 1, .most = 1000}},
    {"most_repeats", 10, {.least = 2, .most = 1000}},
    {"most_alternations", 8, {.least = 2, .most = 500}},
    {"most_errors", 20, {.least = 1, .most = 1000}},
    {"window", 60, {.least = 1, .most = 86'400}},
    {"cool_down", 60, {.least = 1, .most = 86'400}},
    {"size_factor", 20, {.least = 2, .most = 10'000}},
    {"size_least_bytes", 4096, {.least = 1, .most = 16ULL << 20}},
    {"size_least_calls", 8, {.least = 2, .most = 1000}},
    {"most_tools", 512, {.least = 1, .most = 16'384}},
}};

struct AnomalyOptions {
  std::array<Verdict, kAnomalyCount> verdicts{};
  std::uint64_t spike_percent{0}, spike_least{0}, list_changes{0}, denials{0}, repeats{0};
  std::uint64_t alternations{0}, errors{0}, window_ms{0}, cool_down_ms{0};
  std::uint64_t size_factor{0}, size_bytes{0}, size_calls{0}, most_tools{0};
};

// What is remembered. Calls are pairs of a time and a digest.
constexpr std::string_view kFirstTools = "first_tools";
constexpr std::string_view kChangeTimes = "list_changes";
constexpr std::string_view kDenialTimes = "denials";
constexpr std::string_view kErrorTimes = "errors";
constexpr std::string_view kCallTimes = "call_times";
constexpr std::string_view kCallDigests = "call_digests";
constexpr std::string_view kLastList = "last_list";
constexpr std::size_t kMostCalls = 2048;

std::int64_t call_digest(const GuardInput& input) {
  const NodeId arguments = input.arguments;
  const Sha256 digest = sha256(
      input.tool_name() + '\n' +
      (arguments == kNoNode ? std::string() : std::string(input.message.document.raw(arguments))));
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    out = out << 8U | digest[i];
  }
  return static_cast<std::int64_t>(out);
}

const std::vector<std::int64_t>& series_of(const GuardMemory& memory, std::string_view key) {
  static const std::vector<std::int64_t> kEmpty;
  const auto found = memory.series.find(std::string(key));
  return found == memory.series.end() ? kEmpty : found->second;
}

void push_bounded(std::vector<std::int64_t>& kept, std::int64_t value, std::size_t most) {
  if (kept.size() >= most) {
    kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(kept.size() - most + 1));
  }
  kept.push_back(value);
}

/// When `most` times stand within a window, the time of the last of them: from then on the
/// cool-down runs.
std::optional<std::int64_t> tripped_at(const std::vector<std::int64_t>& times, std::uint64_t most,
                                       std::int64_t window) {
  for (std::size_t end = times.size(); end >= most; --end) {
    if (times[end - 1] - times[end - most] < window) {
      return times[end - 1];
    }
  }
  return std::nullopt;
}

std::size_t count_tools(const GuardInput& input) {
  const auto tools = input.message.document.find(input.message.result, "tools", NodeKind::kArray);
  return tools ? input.message.document.elements(*tools).size() : 0;
}

bool is_tool_list(const GuardInput& input) {
  return input.phase == Phase::kToolsList && input.request != nullptr &&
         input.request->method == "tools/list" && input.message.kind == MessageKind::kResult;
}

/// A whole list on one page; pages of a longer one cannot be compared with each other.
bool is_whole_list(const GuardInput& input) {
  return is_tool_list(input) && input.request->first_page &&
         !input.message.document.find(input.message.result, "nextCursor");
}

bool is_failed_call(const GuardInput& input) {
  return input.request != nullptr && input.request->method == "tools/call" &&
         (input.message.kind == MessageKind::kError ||
          input.message.document.is_true(
              input.message.document.find(input.message.result, "isError")));
}

class AnomaliesGuard final : public Guard {
 public:
  explicit AnomaliesGuard(const AnomalyOptions& options) : options_(options) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    GuardOutcome outcome;
    if (is_tool_list(input)) {
      judge_list(input, outcome);
    } else if (input.phase == Phase::kToolInvoke) {
      judge_storms(input, outcome);
      judge_loops(input, outcome);
      judge_size(input, outcome);
    }
    return outcome;
  }

  void settle(const GuardInput& input, const Decision& decision,
              GuardMemory& memory) const override {
    const std::int64_t now = input.event.time_ms;
    if (input.phase == Phase::kToolInvoke) {
      settle_call(input, decision, memory);
    } else if (is_failed_call(input)) {
      push_bounded(memory.series[std::string(kErrorTimes)], now, options_.errors);
    } else if (is_whole_list(input)) {
      settle_list(input, memory);
    }
  }

 private:
  void judge_list(const GuardInput& input, GuardOutcome& outcome) const {
    const auto first = input.memory.counters.find(std::string(kFirstTools));
    const std::size_t now = count_tools(input);
    if (first != input.memory.counters.end() && now >= first->second + options_.spike_least &&
        now * 100 >= first->second * options_.spike_percent) {
      add(outcome, AnomalyRule::kToolSpike,
          "the list grew from " + counted(first->second, "tool") + " to " + std::to_string(now));
    }
    const auto tripped = tripped_at(series_of(input.memory, kChangeTimes), options_.list_changes,
                                    static_cast<std::int64_t>(options_.window_ms));
    if (const auto wait = seconds_left(tripped, input.event.time_ms, options_.window_ms)) {
      add(outcome, AnomalyRule::kListChanges,
          "the list changed " + counted(options_.list_changes, "time") + " in " +
              counted(options_.window_ms / 1000, "second"));
    }
  }

  void judge_storms(const GuardInput& input, GuardOutcome& outcome) const {
    const auto window = static_cast<std::int64_t>(options_.window_ms);
    const std::int64_t now = input.event.time_ms;
    const auto denied = tripped_at(series_of(input.memory, kDenialTimes), options_.denials, window);
    if (const auto wait = seconds_left(denied, now, options_.cool_down_ms)) {
      add(outcome, AnomalyRule::kDenials,
          counted(options_.denials, "call") + " of this session were denied within " +
              counted(options_.window_ms / 1000, "second"),
          wait);
    }
    const auto failed = tripped_at(series_of(input.memory, kErrorTimes), options_.errors, window);
    if (const auto wait = seconds_left(failed, now, options_.cool_down_ms)) {
      add(outcome, AnomalyRule::kErrorStorm,
          counted(options_.errors, "call") + " of this session failed within " +
              counted(options_.window_ms / 1000, "second"),
          wait);
    }
  }

  /// Until the cool-down of something that tripped is over; nothing when it is.
  [[nodiscard]] static std::optional<std::uint64_t> seconds_left(
      std::optional<std::int64_t> tripped, std::int64_t now, std::uint64_t span_ms) {
    if (!tripped || now - *tripped >= static_cast<std::int64_t>(span_ms)) {
      return std::nullopt;
    }
    const auto left = static_cast<std::int64_t>(span_ms) - (now - *tripped);
    return static_cast<std::uint64_t>((left + 999) / 1000);
  }

  void judge_loops(const GuardInput& input, GuardOutcome& outcome) const {
    const auto& digests = series_of(input.memory, kCallDigests);
    const auto& times = series_of(input.memory, kCallTimes);
    if (digests.size() != times.size() || digests.empty()) {
      return;
    }
    const std::int64_t digest = call_digest(input);
    const std::int64_t since = input.event.time_ms - static_cast<std::int64_t>(options_.window_ms);
    const auto begin =
        static_cast<std::size_t>(std::ranges::upper_bound(times, since) - times.begin());
    std::size_t same = 0;
    std::size_t oldest = digests.size();
    for (std::size_t i = digests.size(); i > begin && same < options_.repeats; --i) {
      if (digests[i - 1] == digest) {
        ++same;
        oldest = i - 1;
      }
    }
    if (same >= options_.repeats) {
      const auto wait = seconds_left(times[oldest], input.event.time_ms, options_.window_ms);
      add(outcome, AnomalyRule::kRepeatedCall,
          "the same call was made " + counted(same, "time") + " in " +
              counted(options_.window_ms / 1000, "second"),
          wait);
      return;
    }
    judge_alternation(digests, begin, digest, outcome);
  }

  /// a b a b ... with this call as the next of them.
  void judge_alternation(const std::vector<std::int64_t>& digests, std::size_t begin,
                         std::int64_t digest, GuardOutcome& outcome) const {
    const std::size_t needed = 2 * options_.alternations;
    if (digests.size() - begin < needed || digests.back() == digest) {
      return;
    }
    for (std::size_t i = 0; i < needed; ++i) {
      const std::int64_t expected = i % 2 == 0 ? digests.back() : digest;
      if (digests[digests.size() - 1 - i] != expected) {
        return;
      }
    }
    add(outcome, AnomalyRule::kAlternatingCalls,
        "the same two calls were made in turn " + counted(options_.alternations, "time"),
        options_.window_ms / 1000);
  }

  void judge_size(const GuardInput& input, GuardOutcome& outcome) const {
    const NodeId arguments = input.arguments;
    if (arguments == kNoNode) {
      return;
    }
    const std::uint64_t size = input.message.document.raw(arguments).size();
    const auto history = read_size_history(input.memory, input.tool_name());
    if (history && history->calls >= options_.size_calls && size >= options_.size_bytes &&
        size > history->mean_bytes() * options_.size_factor) {
      add(outcome, AnomalyRule::kArgumentSize,
          "arguments of " + std::to_string(size) + " bytes; those of " +
              counted(history->calls, "call") + " before had " +
              std::to_string(history->mean_bytes()) + " on average");
    }
  }

  void settle_call(const GuardInput& input, const Decision& decision, GuardMemory& memory) const {
    const std::int64_t now = input.event.time_ms;
    if (decision.verdict == Verdict::kDeny) {
      // What this guard itself denies does not count, or a cool-down would never end.
      if (decision.determining.size() != 1 || !is_own_word(decision)) {
        push_bounded(memory.series[std::string(kDenialTimes)], now, options_.denials);
      }
      return;
    }
    if (!passes(decision)) {
      return;
    }
    const std::size_t most = std::min<std::size_t>(
        kMostCalls, std::max(4 * options_.repeats, 2 * options_.alternations + 2));
    push_bounded(memory.series[std::string(kCallTimes)], now, most);
    push_bounded(memory.series[std::string(kCallDigests)], call_digest(input), most);
    if (const NodeId arguments = input.arguments; arguments != kNoNode) {
      add_to_size_history(memory, input.tool_name(), input.message.document.raw(arguments).size(),
                          options_.most_tools);
    }
  }

  [[nodiscard]] static bool is_own_word(const Decision& decision) {
    const auto reasons = determining_reasons(decision);
    return std::ranges::all_of(
        reasons, [](const Reason* reason) { return reason->rule_id.starts_with("anomaly-"); });
  }

  void settle_list(const GuardInput& input, GuardMemory& memory) const {
    memory.counters.emplace(std::string(kFirstTools), count_tools(input));
    const auto tools = input.message.document.find(input.message.result, "tools");
    const std::string digest =
        sha256_hex(tools ? input.message.document.raw(*tools) : std::string_view());
    std::string& last = memory.texts[std::string(kLastList)];
    if (!last.empty() && last != digest) {
      push_bounded(memory.series[std::string(kChangeTimes)], input.event.time_ms,
                   options_.list_changes);
    }
    last = digest;
  }

  void add(GuardOutcome& outcome, AnomalyRule rule, std::string message,
           std::optional<std::uint64_t> wait = std::nullopt) const {
    const auto index = static_cast<std::size_t>(rule);
    const Verdict verdict = options_.verdicts[index];
    if (verdict == Verdict::kAllow) {
      return;
    }
    Reason reason;
    reason.code = wait ? DenialCode::kRateLimitExceeded : DenialCode::kSuspiciousInput;
    reason.rule_id = "anomaly-" + std::string(kAnomalyRules[index].key);
    std::ranges::replace(reason.rule_id, '_', '-');
    reason.severity = verdict >= Verdict::kAsk ? Severity::kHigh : Severity::kMedium;
    reason.message = std::move(message);
    reason.remedy = kAnomalyRules[index].remedy;
    reason.retry_after_seconds = wait;
    outcome.verdict = std::max(outcome.verdict, verdict);
    outcome.reasons.push_back(std::move(reason));
  }

  AnomalyOptions options_;
};

AnomalyOptions read_anomaly_options(TableReader& reader, NodeId table) {
  std::array<std::uint64_t, kAnomalyNumbers.size()> values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const AnomalyNumber& number = kAnomalyNumbers[i];
    values[i] = reader.number(table, number.key, number.range).value_or(number.fallback);
  }
  AnomalyOptions out{.verdicts = {},
                     .spike_percent = values[0],
                     .spike_least = values[1],
                     .list_changes = values[2],
                     .denials = values[3],
                     .repeats = values[4],
                     .alternations = values[5],
                     .errors = values[6],
                     .window_ms = values[7] * 1000,
                     .cool_down_ms = values[8] * 1000,
                     .size_factor = values[9],
                     .size_bytes = values[10],
                     .size_calls = values[11],
                     .most_tools = values[12]};
  constexpr std::array<std::string_view, 4> kWords{"allow", "warn", "ask", "deny"};
  constexpr std::array<Verdict, 4> kVerdicts{Verdict::kAllow, Verdict::kWarn, Verdict::kAsk,
                                             Verdict::kDeny};
  for (std::size_t i = 0; i < kAnomalyCount; ++i) {
    const auto word = reader.choice(table, kAnomalyRules[i].key, kWords);
    out.verdicts[i] = word ? kVerdicts[*word] : kAnomalyRules[i].fallback;
  }
  return out;
}

}  // namespace

std::unique_ptr<Guard> make_anomalies_guard(const GuardConfig& config) {
  std::vector<std::string_view> keys;
  for (const AnomalyRow& row : kAnomalyRules) {
    keys.push_back(row.key);
  }
  for (const AnomalyNumber& number : kAnomalyNumbers) {
    keys.push_back(number.key);
  }
  config.reader.check_keys(config.table, keys, "the configuration of `anomalies`");
  return std::make_unique<AnomaliesGuard>(read_anomaly_options(config.reader, config.table));
}

}  // namespace merlon
