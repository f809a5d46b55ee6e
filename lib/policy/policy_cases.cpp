#include "policy/policy_cases.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "mcp/message_codec.h"
#include "policy/approval.h"
#include "policy/evaluator.h"
#include "policy/expectation.h"

namespace merlon {
namespace {

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
    for (const Need& need : evaluation.needs) {
      result.failures.push_back(place + "a guard wants a fact that the event does not have: `" +
                                escape_for_display(shorten(need.what, 80)) + "`");
    }
    for (const std::string& failure :
         unmet({.verdict = expected.verdict, .rules = expected.rules, .sent = expected.sent},
               evaluation.decision)) {
      result.failures.push_back(place + failure);
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
