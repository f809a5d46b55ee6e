#include "policy/combine.h"

#include <algorithm>

namespace merlon {
namespace {

Verdict verdict_of_failure(OnError on_error) {
  switch (on_error) {
    case OnError::kDeny: return Verdict::kDeny;
    case OnError::kAsk: return Verdict::kAsk;
    case OnError::kAllow: return Verdict::kWarn;
  }
  return Verdict::kDeny;
}

bool is_failure(const GuardOutcome& outcome) {
  return outcome.state == OutcomeState::kErrored || outcome.state == OutcomeState::kTimedOut;
}

}  // namespace

Verdict verdict_of(const GuardVote& vote) {
  if (vote.outcome->shadow) {
    return Verdict::kAllow;
  }
  switch (vote.outcome->state) {
    case OutcomeState::kDecided: return vote.outcome->verdict;
    case OutcomeState::kErrored:
    case OutcomeState::kTimedOut: return verdict_of_failure(vote.on_error);
    case OutcomeState::kWaiting: return Verdict::kDeny;
  }
  return Verdict::kDeny;
}

Combined combine(std::span<const GuardVote> votes) {
  Combined out;
  for (const GuardVote& vote : votes) {
    out.verdict = std::max(out.verdict, verdict_of(vote));
  }
  for (const GuardVote& vote : votes) {
    if (out.verdict != Verdict::kAllow && verdict_of(vote) == out.verdict) {
      out.determining.push_back(vote.outcome->guard);
    }
    if (is_failure(*vote.outcome)) {
      out.erroring.push_back(vote.outcome->guard);
    }
  }
  return out;
}

}  // namespace merlon
