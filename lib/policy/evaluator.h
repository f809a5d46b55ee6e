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
/// Thread safety: `decide` may run in many threads on one policy and one state while nobody
/// settles.
#include <atomic>
#include <cstdint>

#include "policy/compiled_policy.h"

namespace merlon {

struct Evaluation {
  Decision decision;
  /// Facts that guards asked for and the event does not have. While there are any, `decision`
  /// denies; a front end that cannot find them out uses it as it is.
  std::vector<Need> needs;
};

/// Lets another thread see how far `decide` is, to enforce deadlines: the index of the guard that
/// runs now, and a number that changes with every guard.
struct EvaluationProgress {
  std::atomic<std::uint32_t> guard{0};    ///< index into CompiledPolicy::guards()
  std::atomic<std::uint32_t> started{0};  ///< guards started so far
};

[[nodiscard]] Evaluation decide(const CompiledPolicy& policy, const SessionState& state,
                                const Event& event, EvaluationProgress* progress = nullptr);

/// Event and decision become part of the session.
void settle(const CompiledPolicy& policy, SessionState& state, const Event& event,
            const Decision& decision);

}  // namespace merlon
