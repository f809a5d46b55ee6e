// Without a person in between, a session may have at most two of untrusted input, private data and
// an outside effect. docs/guards/rule-of-two.md
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "guard/call_legs.h"
#include "guard/guard.h"
#include "guard/guard_functions.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 0> kNoRuleOfTwoKeys{};
constexpr std::array<std::string_view, 3> kAddedLeg{"untrusted input", "private data",
                                                    "an outside effect"};
constexpr std::array<std::string_view, 3> kBroughtLeg{"brought untrusted input", "private data",
                                                      "an outside effect"};

/// What is known before the event, its group facts included.
struct SeenLegs {
  std::uint8_t bits{0};
  bool lost{false};
  std::array<std::optional<LegWitness>, 3> witnesses;
};

SeenLegs seen_legs(const GuardInput& input) {
  SeenLegs out;
  out.witnesses = input.state.legs;
  out.lost = input.event.facts.group.empty() && input.state.group_lost;
  for (const GroupFact& fact : input.event.facts.group) {
    out.lost = out.lost || fact.lost;
    for (std::size_t leg = 0; leg < out.witnesses.size(); ++leg) {
      if ((fact.legs & (1U << leg)) != 0 && !out.witnesses[leg]) {
        out.witnesses[leg] = LegWitness{
            .sequence = 0, .server = fact.server, .tool = fact.tool, .why = fact.reference};
      }
    }
  }
  for (std::size_t leg = 0; leg < out.witnesses.size(); ++leg) {
    out.bits = static_cast<std::uint8_t>(out.bits | (out.witnesses[leg] ? 1U << leg : 0U));
  }
  if (out.lost) {
    out.bits = kAllLegs;
  }
  return out;
}

std::string name_of_message(const GuardInput& input) {
  if (const std::string& tool = input.tool_name(); !tool.empty()) {
    return tool;
  }
  if (!input.message.method.empty()) {
    return input.message.method;
  }
  return input.request != nullptr ? "the answer to " + input.request->method : "the answer";
}

std::string describe_witness(const LegWitness& witness) {
  std::string out = "`" + escape_for_display(shorten(witness.tool, 64)) + "` (";
  if (witness.sequence != 0) {
    return out + "event " + std::to_string(witness.sequence) + ")";
  }
  return out + "server `" + escape_for_display(shorten(witness.server, 64)) + "`, " +
         escape_for_display(shorten(witness.why, 64)) + ")";
}

/// "`fetch` (event 3) brought untrusted input, `read_file` (event 5) private data"
std::string describe_seen(const SeenLegs& seen, std::uint8_t added) {
  std::string out;
  for (std::size_t leg = 0; leg < seen.witnesses.size(); ++leg) {
    if (seen.witnesses[leg] && (added & (1U << leg)) == 0) {
      out += (out.empty() ? "" : ", ") + describe_witness(*seen.witnesses[leg]) + " ";
      out += kBroughtLeg[leg];
    }
  }
  if (seen.lost) {
    out += std::string(out.empty() ? "" : "; ") +
           "what the other servers of the group did is not known, so the worst is assumed";
  }
  return out;
}

class RuleOfTwoGuard final : public ForgetfulGuard {
 public:
  explicit RuleOfTwoGuard(RuleOfTwoSection section) : section_(std::move(section)) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    const RuleOfTwoSettings& settings = section_.of_server(input.state.server);
    if (settings.mode == RuleOfTwoMode::kOff) {
      return allow();
    }
    const LegQuestion question{.message = input.message,
                               .phase = input.phase,
                               .state = input.state,
                               .entry = input.entry,
                               .called = input.called,
                               .arguments = input.arguments,
                               .request = input.request};
    const std::uint8_t bits = legs_of_message(question, settings, LegWords::kNone).bits;
    if (bits == 0) {
      return allow();
    }
    const SeenLegs seen = seen_legs(input);
    const bool complete = (seen.bits | bits) == kAllLegs;
    // With all three there (a person let the call pass that completed them), each further effect is
    // decided anew; reading more adds nothing.
    const bool adds = seen.bits != kAllLegs || (bits & kLegOutside) != 0 || seen.lost;
    if (!complete || !adds) {
      return allow();
    }
    return judge(input, settings, legs_of_message(question, settings), seen);
  }

 private:
  static GuardOutcome judge(const GuardInput& input, const RuleOfTwoSettings& settings,
                            const CallLegs& legs, const SeenLegs& seen) {
    const std::string name = name_of_message(input);
    const bool alone = legs.bits == kAllLegs && only_this(seen, name);
    const Verdict verdict = settings.mode == RuleOfTwoMode::kObserve ? Verdict::kWarn
                            : alone                                  ? settings.single_tool
                                                                     : settings.on_violation;
    Reason reason = alone ? reason_of_single(name, legs) : reason_of_call(name, legs, seen);
    switch (verdict) {
      case Verdict::kAllow: return allow();
      case Verdict::kWarn:
      case Verdict::kModify: return warn(std::move(reason));
      case Verdict::kAsk: return ask(std::move(reason));
      case Verdict::kDeny: break;
    }
    return deny(std::move(reason));
  }

  /// No other tool has shown a leg.
  static bool only_this(const SeenLegs& seen, const std::string& name) {
    return !seen.lost && std::all_of(seen.witnesses.begin(), seen.witnesses.end(),
                                     [&name](const std::optional<LegWitness>& witness) {
                                       return !witness ||
                                              (witness->sequence != 0 && witness->tool == name);
                                     });
  }

  static Reason base_reason(std::string_view rule, const CallLegs& legs) {
    Reason out;
    out.code = DenialCode::kRuleOfTwo;
    out.rule_id = rule;
    out.severity = Severity::kHigh;
    for (std::size_t leg = 0; leg < legs.why.size(); ++leg) {
      if (!legs.why[leg].empty() && out.evidence.find(legs.why[leg]) == std::string::npos) {
        out.evidence += (out.evidence.empty() ? "" : "; ") + legs.why[leg];
      }
    }
    out.evidence = escape_for_display(shorten(out.evidence, 200));
    return out;
  }

  static Reason reason_of_single(const std::string& name, const CallLegs& legs) {
    Reason out = base_reason("rule-of-two-single", legs);
    out.message = "`" + escape_for_display(shorten(name, 64)) +
                  "` alone has untrusted input, private data and an outside effect";
    out.remedy =
        "let a person approve the call, or say in a `[[tool]]` entry what the tool can do "
        "(`capabilities`)";
    return out;
  }

  static Reason reason_of_call(const std::string& name, const CallLegs& legs,
                               const SeenLegs& seen) {
    Reason out = base_reason("rule-of-two", legs);
    // What is new; when all three are there already, the effect is what is decided.
    auto added = static_cast<std::uint8_t>(legs.bits & ~seen.bits);
    added = added == 0 ? static_cast<std::uint8_t>(legs.bits & kLegOutside) : added;
    added = added == 0 ? legs.bits : added;
    std::string words;
    for (std::size_t leg = 0; leg < kAddedLeg.size(); ++leg) {
      if ((added & (1U << leg)) != 0) {
        words.append(words.empty() ? "" : " and ").append(kAddedLeg[leg]);
      }
    }
    const std::string before = describe_seen(seen, added);
    out.message = "`" + escape_for_display(shorten(name, 64)) + "` would add " + words +
                  (before.empty() ? std::string() : "; " + before);
    for (std::size_t leg = 0; leg < seen.witnesses.size(); ++leg) {
      const auto& witness = seen.witnesses[leg];
      if (witness && witness->sequence != 0 && (added & (1U << leg)) == 0) {
        out.led_by.push_back(witness->sequence);
      }
    }
    std::sort(out.led_by.begin(), out.led_by.end());
    out.led_by.erase(std::unique(out.led_by.begin(), out.led_by.end()), out.led_by.end());
    out.remedy =
        "start a new session for this step, let a person approve the call, or say in a `[[tool]]` "
        "entry what the tools can do (`capabilities`)";
    return out;
  }

  RuleOfTwoSection section_;
};

}  // namespace

std::unique_ptr<Guard> make_rule_of_two_guard(const GuardConfig& config) {
  config.reader.check_keys(config.table, kNoRuleOfTwoKeys,
                           "the configuration of `rule-of-two` (its settings are the policy's "
                           "`[rule_of_two]`)");
  std::vector<Error> errors;
  RuleOfTwoSection section = RuleOfTwoSection::read(config.policy, &errors);
  for (Error& error : errors) {
    const Location where = error.where;
    config.reader.complain_at(where, std::move(error));
  }
  return std::make_unique<RuleOfTwoGuard>(std::move(section));
}

}  // namespace merlon
