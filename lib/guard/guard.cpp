#include "guard/guard.h"

#include <utility>

namespace merlon {

CalledTool CalledTool::in(const ServerSurface& surface, std::string name) {
  ServerSurface::Key key{SurfaceList::kTools, std::move(name)};
  const auto sent = surface.sent.find(key);
  const auto newest = surface.newest.find(key);
  return {.name = std::move(key.second),
          .sent = sent == surface.sent.end() ? nullptr : &sent->second,
          .newest = newest == surface.newest.end() ? nullptr : &newest->second};
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
