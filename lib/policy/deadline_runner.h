#pragma once
/// Decides with deadlines that hold: no guard is waited for longer than its own `timeout_ms`.
///
///   DeadlineRunner runner;
///   const Evaluation evaluation = runner.decide(policy, state, event);
///   settle(*policy, *state, *event, evaluation.decision);
///
/// `decide` runs on a worker thread. When the guard that runs there is late, its id goes into
/// `event.facts.late_guards`, the worker is left to itself, and another one decides anew: late
/// guards are not run again, their `on_error` speaks for them. The event so says all that the
/// Decision depends on, and a replay of it gives the same bytes.
///
/// State and event are shared with the worker and not copied. When one is left, caller and worker
/// part: the caller's pointers lead to copies then, which nobody else reads. While `decide` runs
/// nobody may change either.
///
/// A worker that is left keeps what it reads alive and ends with its guard; nothing waits for it,
/// shutdown neither. When kMostLeft of them still run, guards that were late once are late at once:
/// a guard that never ends costs a bounded number of threads.
///
/// One runner serves one thread at a time; sessions that must not wait for each other have one
/// each.
#include <chrono>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "policy/evaluator.h"

namespace merlon {

/// How a runner waits; tests hand in another one.
class DeadlineTimer {
 public:
  DeadlineTimer() = default;
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;
  virtual ~DeadlineTimer() = default;

  /// The time until which a guard that starts now may run.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point deadline_of(
      const GuardEntry& guard) const;
};

class DeadlineRunner {
 public:
  static constexpr std::size_t kMostLeft = 8;

  /// `timer` must outlive the runner; null: the steady clock and each guard's `timeout_ms`.
  explicit DeadlineRunner(const DeadlineTimer* timer = nullptr);
  DeadlineRunner(const DeadlineRunner&) = delete;
  DeadlineRunner& operator=(const DeadlineRunner&) = delete;
  ~DeadlineRunner();

  /// Blocks at most for the sum of the deadlines of the guards that run. Adds to
  /// `event->facts.late_guards`.
  [[nodiscard]] Evaluation decide(const std::shared_ptr<const CompiledPolicy>& policy,
                                  std::shared_ptr<SessionState>& state,
                                  std::shared_ptr<Event>& event);

  /// Workers that were left and still run.
  [[nodiscard]] std::size_t left_running() const;

 private:
  class Worker;

  const DeadlineTimer* timer_;
  std::shared_ptr<Worker> worker_;
  std::vector<std::weak_ptr<Worker>> left_;
  std::set<std::string, std::less<>> late_before_;
};

}  // namespace merlon
