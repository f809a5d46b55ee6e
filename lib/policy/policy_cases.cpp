#include "policy/policy_cases.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/text.h"
#include "mcp/message_codec.h"
#include "policy/approval.h"
#include "policy/evaluator.h"

namespace merlon {
namespace {

std::string words_of(const std::vector<std::string>& words) {
  return words.empty() ? "no rule" : "`" + join(words, "`, `") + "`";
}

/// Rule ids of the guards that determined the decision, each once.
std::vector<std::string> determining_rules(const Decision& decision) {
  std::set<std::string> rules;
  for (const Reason* const reason : determining_reasons(decision)) {
    rules.insert(reason->rule_id);
  }
  return {rules.begin(), rules.end()};
}

/// A session that plays one case.
class CasePlayer {
 public:
  CasePlayer(const CompiledPolicy& policy, const PolicyCase& one)
      : policy_(policy), folder_(one.folder) {
    state_.session = "case";
    state_.server = one.server;
    state_.tenant = one.tenant;
    state_.identity = one.identity;
    state_.user = one.user;
  }

  void play(const CaseEvent& expected, std::size_t number, CaseResult& result) {
    const std::string place =
        "event " + std::to_string(number) + " (line " + std::to_string(expected.where.line) + "): ";
    auto message = parse_message(expected.message, expected.direction, {});
    if (!message) {
      result.failures.push_back(
          place + "the message is refused before any policy: " + message.error().message);
      return;
    }
    Event event{.sequence = state_.sequence + 1,
                .time_ms = expected.time_ms,
                .origin = expected.origin,
                .message = *std::move(message),
                .facts = expected.facts};
    Evaluation evaluation = decide_with_paths(event);
    if (expected.granted) {
      const Decision& asked = evaluation.decision;
      event.facts.grants.push_back({.ticket = "case",
                                    .message_digest = digest_of_message(
                                        asked.rewritten ? *asked.rewritten : event.message.bytes()),
                                    .assurance = Assurance::kOtherUser,
                                    .approver = "case"});
      evaluation = decide_with_paths(event);
    }
    compare(expected, evaluation, place, result);
    settle(policy_, state_, event, evaluation.decision);
  }

 private:
  /// Answers questions about paths by the case's folder.
  Evaluation decide_with_paths(Event& event) const {
    constexpr int kMostRounds = 8;
    Evaluation evaluation = decide(policy_, state_, event);
    for (int round = 0; round < kMostRounds && !folder_.empty(); ++round) {
      bool answered = false;
      for (const Need& need : evaluation.needs) {
        if (need.kind == NeedKind::kPath && event.facts.find(need.kind, need.what) == nullptr) {
          event.facts.answers.push_back(
              {.need = need, .state = FactState::kKnown, .values = {real_path(need.what)}});
          answered = true;
        }
      }
      if (!answered) {
        break;
      }
      evaluation = decide(policy_, state_, event);
    }
    return evaluation;
  }

  [[nodiscard]] std::string real_path(const std::string& path) const {
    const bool home = path == "~" || path.starts_with("~/");
    const std::filesystem::path whole = home ? std::filesystem::path("/home/user" + path.substr(1))
                                             : std::filesystem::path(folder_) / path;
    return whole.lexically_normal().generic_string();
  }

  static void compare(const CaseEvent& expected, const Evaluation& evaluation,
                      const std::string& place, CaseResult& result) {
    const Decision& decision = evaluation.decision;
    for (const Need& need : evaluation.needs) {
      result.failures.push_back(place + "a guard wants a fact that the event does not have: `" +
                                escape_for_display(shorten(need.what, 80)) + "`");
    }
    // In shadow mode everything passes; what matters is what it would have been.
    if (decision.would_be != expected.verdict) {
      result.failures.push_back(place + "expected " + std::string(to_string(expected.verdict)) +
                                ", got " + std::string(to_string(decision.would_be)) + " by " +
                                words_of(determining_rules(decision)));
      return;
    }
    const std::vector<std::string> rules = determining_rules(decision);
    if (rules != expected.rules) {
      result.failures.push_back(place + "expected " + words_of(expected.rules) + ", got " +
                                words_of(rules));
    }
    if (!expected.sent.empty() && decision.rewritten.value_or("") != expected.sent) {
      result.failures.push_back(
          place + "expected to send `" + escape_for_display(shorten(expected.sent, 400)) +
          "`, got `" + escape_for_display(shorten(decision.rewritten.value_or(""), 400)) + "`");
    }
  }

  const CompiledPolicy& policy_;
  std::string folder_;
  SessionState state_;
};

}  // namespace

CaseResult run_policy_case(const CompiledPolicy& policy, const PolicyCase& one) {
  CaseResult result;
  CasePlayer player(policy, one);
  std::size_t number = 0;
  for (const CaseEvent& event : one.events) {
    player.play(event, ++number, result);
  }
  return result;
}

}  // namespace merlon
