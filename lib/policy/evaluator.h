#pragma once
/// The engine: one event in, one Decision out. The same for proxy, replay and hook.
///
///   const Evaluation evaluation = decide(policy, state, event);
///   if (!evaluation.needs.empty()) { ... find the facts, add them to event.facts, decide again ...
///   } settle(policy, state, event, evaluation.decision);
///
/// `decide` is pure and cannot fail: it reads no clock, file, or network, and changes nothing. Two
/// calls with equal arguments give equal Decisions, byte for byte (decision_codec.h). `settle` is
/// the only thing that changes a session's state; calling it with the Decision is what makes an
/// event have happened.
///
/// Guards run by priority, then in the order of the file. A deny ends the pipeline; a modification
/// is what the guards after it see. A guard that the event names in `facts.late_guards` is not run:
/// its deadline had passed when the event happened. Exceptions of a guard are errors of that guard.
///
/// The system's minimum (Policy::minimum) runs first, on the message as it came, and its votes
/// count as well: whatever the policy says, shadow mode included, the verdict is at least what the
/// minimum alone would have said (tests/property/policy_minimum_test.cpp).
///
/// Thread safety: `decide` may run in many threads on one policy and one state while nobody
/// settles.
#include <cstddef>

#include "policy/compiled_policy.h"

namespace merlon {

struct Evaluation {
  Decision decision;
  /// Facts that guards asked for and the event does not have. While there are any, `decision`
  /// denies (in shadow mode `would_be`); a front end that cannot find them out uses it as it is.
  std::vector<Need> needs;
};

/// Is told how far `decide` is, to enforce deadlines from another thread (deadline_watch.h).
class EvaluationProgress {
 public:
  EvaluationProgress() = default;
  EvaluationProgress(const EvaluationProgress&) = delete;
  EvaluationProgress& operator=(const EvaluationProgress&) = delete;
  virtual ~EvaluationProgress() = default;

  /// The guard of this index into CompiledPolicy::guards() is about to run. Late ones do not.
  /// False: nobody waits for the decision any more, and what `decide` answers has no meaning.
  [[nodiscard]] virtual bool guard_starts(std::size_t index) = 0;
};

[[nodiscard]] Evaluation decide(const CompiledPolicy& policy, const SessionState& state,
                                const Event& event, EvaluationProgress* progress = nullptr);

/// Event and decision become part of the session.
void settle(const CompiledPolicy& policy, SessionState& state, const Event& event,
            const Decision& decision);

}  // namespace merlon
