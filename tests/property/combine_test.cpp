/// combine() against a model that is written in another way, over every policy of up to five
/// entries: each entry one of all the things that a guard can say.
#include "policy/combine.h"

#include <array>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

struct Said {
  OutcomeState state;
  Verdict verdict;
  bool shadow;
  OnError on_error;
};

/// Everything that makes a difference: five verdicts, three failures by what they mean, a guard
/// that waits, and shadow entries that would deny or fail.
constexpr std::array<Said, 11> kSaid{{
    {OutcomeState::kDecided, Verdict::kAllow, false, OnError::kDeny},
    {OutcomeState::kDecided, Verdict::kWarn, false, OnError::kDeny},
    {OutcomeState::kDecided, Verdict::kModify, false, OnError::kDeny},
    {OutcomeState::kDecided, Verdict::kAsk, false, OnError::kDeny},
    {OutcomeState::kDecided, Verdict::kDeny, false, OnError::kAllow},
    {OutcomeState::kErrored, Verdict::kDeny, false, OnError::kDeny},
    {OutcomeState::kTimedOut, Verdict::kDeny, false, OnError::kAsk},
    {OutcomeState::kErrored, Verdict::kDeny, false, OnError::kAllow},
    {OutcomeState::kWaiting, Verdict::kAllow, false, OnError::kAllow},
    {OutcomeState::kDecided, Verdict::kDeny, true, OnError::kDeny},
    {OutcomeState::kErrored, Verdict::kDeny, true, OnError::kDeny},
}};

/// What the specification says, verdict by verdict from the strongest.
bool stands_for(const Said& said, Verdict verdict) {
  if (said.shadow) {
    return verdict == Verdict::kAllow;
  }
  const bool failed = said.state == OutcomeState::kErrored || said.state == OutcomeState::kTimedOut;
  switch (verdict) {
    case Verdict::kDeny:
      return said.state == OutcomeState::kWaiting || (failed && said.on_error == OnError::kDeny) ||
             (said.state == OutcomeState::kDecided && said.verdict == Verdict::kDeny);
    case Verdict::kAsk:
      return (failed && said.on_error == OnError::kAsk) ||
             (said.state == OutcomeState::kDecided && said.verdict == Verdict::kAsk);
    case Verdict::kModify:
      return said.state == OutcomeState::kDecided && said.verdict == Verdict::kModify;
    case Verdict::kWarn:
      return (failed && said.on_error == OnError::kAllow) ||
             (said.state == OutcomeState::kDecided && said.verdict == Verdict::kWarn);
    case Verdict::kAllow:
      return said.state == OutcomeState::kDecided && said.verdict == Verdict::kAllow;
  }
  return false;
}

Combined model(const std::vector<std::size_t>& policy) {
  constexpr std::array kStrongestFirst{Verdict::kDeny, Verdict::kAsk, Verdict::kModify,
                                       Verdict::kWarn};
  Combined out;
  for (const Verdict verdict : kStrongestFirst) {
    for (std::size_t i = 0; i < policy.size(); ++i) {
      if (stands_for(kSaid[policy[i]], verdict)) {
        out.verdict = verdict;
        out.determining.push_back(std::to_string(i));
      }
    }
    if (!out.determining.empty()) {
      break;
    }
  }
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const OutcomeState state = kSaid[policy[i]].state;
    if (state == OutcomeState::kErrored || state == OutcomeState::kTimedOut) {
      out.erroring.push_back(std::to_string(i));
    }
  }
  return out;
}

Combined real(const std::vector<std::size_t>& policy) {
  std::vector<GuardOutcome> outcomes(policy.size());
  std::vector<GuardVote> votes;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const Said& said = kSaid[policy[i]];
    outcomes[i].guard = std::to_string(i);
    outcomes[i].state = said.state;
    outcomes[i].verdict = said.verdict;
    outcomes[i].shadow = said.shadow;
    votes.push_back({.outcome = &outcomes[i], .on_error = said.on_error});
  }
  return combine(votes);
}

bool agrees(const std::vector<std::size_t>& policy) {
  const Combined expected = model(policy);
  const Combined found = real(policy);
  return expected.verdict == found.verdict && expected.determining == found.determining &&
         expected.erroring == found.erroring;
}

}  // namespace

TEST_CASE("combine: agrees with the model on every policy of up to five entries") {
  std::size_t checked = 0;
  std::size_t wrong = 0;
  for (std::size_t length = 0; length <= 5; ++length) {
    std::vector<std::size_t> policy(length, 0);
    while (true) {
      wrong += agrees(policy) ? 0U : 1U;
      ++checked;
      std::size_t digit = 0;
      while (digit < length && ++policy[digit] == kSaid.size()) {
        policy[digit++] = 0;
      }
      if (digit == length) {
        break;
      }
    }
  }
  CHECK(checked == 1 + 11 + 121 + 1331 + 14641 + 161051);
  CHECK(wrong == 0);
}

}  // namespace merlon
