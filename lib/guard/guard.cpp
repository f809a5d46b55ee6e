#include "guard/guard.h"

#include "mcp/method.h"

namespace merlon {

std::string GuardInput::tool_name() const {
  if (phase == Phase::kToolInvoke) {
    return item_of(message);
  }
  return request != nullptr && request->method == "tools/call" ? request->item : std::string();
}

NodeId GuardInput::arguments() const {
  if (phase != Phase::kToolInvoke) {
    return kNoNode;
  }
  return message.document.find(message.params, "arguments").value_or(kNoNode);
}

void Guard::settle(const GuardInput& /*input*/, const Decision& /*decision*/,
                   GuardMemory& /*memory*/) const {}

GuardOutcome Guard::one(Verdict verdict, Reason reason) {
  GuardOutcome outcome;
  outcome.verdict = verdict;
  outcome.reasons.push_back(std::move(reason));
  return outcome;
}

GuardOutcome Guard::error(Reason reason) {
  GuardOutcome outcome = one(Verdict::kDeny, std::move(reason));
  outcome.state = OutcomeState::kErrored;
  return outcome;
}

GuardOutcome Guard::wait_for(std::vector<Need> needs) {
  GuardOutcome outcome;
  outcome.state = OutcomeState::kWaiting;
  outcome.verdict = Verdict::kDeny;
  outcome.needs = std::move(needs);
  return outcome;
}

bool passes(const Decision& decision) {
  return decision.verdict < Verdict::kAsk;
}

}  // namespace merlon
