#pragma once
/// Guards whose answer a test writes down, and policies made of them.
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mcp/message_codec.h"
#include "policy/compiled_policy.h"

namespace merlon::test {

class ScriptedGuard final : public Guard {
 public:
  using Answer = std::function<GuardOutcome(const GuardInput&)>;
  using Settle = std::function<void(const GuardInput&, const Decision&, GuardMemory&)>;
  explicit ScriptedGuard(Answer answer, Settle settle = {})
      : answer_(std::move(answer)), settle_(std::move(settle)) {}

  [[nodiscard]] GuardOutcome evaluate(const GuardInput& input) const override {
    return answer_(input);
  }
  void settle(const GuardInput& input, const Decision& decision,
              GuardMemory& memory) const override {
    if (settle_) {
      settle_(input, decision, memory);
    }
  }

 private:
  Answer answer_;
  Settle settle_;
};

/// An outcome with one reason whose rule is `rule`.
[[nodiscard]] inline GuardOutcome says(Verdict verdict, std::string rule = "scripted") {
  GuardOutcome outcome;
  outcome.verdict = verdict;
  if (verdict != Verdict::kAllow) {
    Reason reason;
    reason.code = DenialCode::kPermissionDenied;
    reason.rule_id = std::move(rule);
    reason.message = "as scripted";
    outcome.reasons.push_back(std::move(reason));
  }
  return outcome;
}

[[nodiscard]] inline GuardOutcome edits(std::string pointer, std::string json) {
  GuardOutcome outcome = says(Verdict::kModify);
  outcome.edits.push_back(
      {.pointer = std::move(pointer), .remove = false, .json = std::move(json)});
  return outcome;
}

/// A guard of a policy, on every phase.
[[nodiscard]] inline CompiledGuard scripted(std::string id, ScriptedGuard::Answer answer,
                                            ScriptedGuard::Settle settle = {}) {
  CompiledGuard out;
  out.entry.id = std::move(id);
  out.entry.type = "scripted";
  out.phases = kAnyPhase;
  out.guard = std::make_unique<ScriptedGuard>(std::move(answer), std::move(settle));
  return out;
}

template <class... Guards>
[[nodiscard]] std::vector<CompiledGuard> guard_list(Guards... guards) {
  std::vector<CompiledGuard> out;
  (out.push_back(std::move(guards)), ...);
  return out;
}

[[nodiscard]] inline std::shared_ptr<const CompiledPolicy> policy_of(
    std::vector<CompiledGuard> guards, Policy policy = {}) {
  return std::make_shared<const CompiledPolicy>(std::move(policy), std::move(guards));
}

/// A tools/call of `tool`, the first event of a session.
[[nodiscard]] inline Event call_event(const std::string& tool = "t",
                                      const std::string& arguments = R"({"a":"1"})") {
  Event event;
  event.sequence = 1;
  event.message =
      *parse_message(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" + tool +
                         R"(","arguments":)" + arguments + "}}",
                     Direction::kToServer, {});
  return event;
}

}  // namespace merlon::test
