#pragma once
/// Deadlines of guards without a hand-over for every message: the thread that serves a session
/// decides on its own, and another one looks from time to time whether it is stuck in a guard.
///
///   serving thread:   auto evaluation = watch.decide(*policy, *state, *event);
///                     if (!evaluation) { return; }   // touch nothing: the session has gone on
///   watching thread:  while (auto late = watch.wait_for_late()) { ... another serving thread goes
///                       on with the session: copies of state and event, the guard's id in
///                       `event.facts.late_guards`, decide again ... }
///
/// A guard that is late cannot be stopped. The thread that runs it is left to itself instead: its
/// `decide` will answer with nothing, whenever it ends. What it reads must stay alive and unchanged
/// until then, so the thread that goes on works on copies. The event says which guards were late,
/// and a replay of it gives the same bytes.
///
/// A guard has its `timeout_ms` for each `kDeadlineShare` of the message that has begun: guards
/// take time in proportion to what they read, and what hangs, hangs at any size. Time in which the
/// serving thread was ready and got no processor does not count, so that a busy machine denies
/// nothing; but a guard is late after `kMostTimeouts` times its time and `kLeastPatience` in any
/// case. It is late at the latest `kTick` after that. Watching costs a decision four atomic
/// operations and each guard one; without messages the watching thread sleeps.
///
/// One serving thread at a time, one watching thread.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/process/processor_wait.h"
#include "policy/evaluator.h"

namespace merlon {

class DeadlineWatch {
 public:
  static constexpr std::chrono::milliseconds kTick{10};
  static constexpr std::size_t kDeadlineShare = 64U << 10U;
  static constexpr int kMostTimeouts = 8;
  static constexpr std::chrono::milliseconds kLeastPatience{1000};

  /// How long a thread was ready without a processor, so far.
  using WaitOf = std::chrono::nanoseconds (*)(int thread);

  explicit DeadlineWatch(WaitOf wait_of = processor_wait) : wait_of_(wait_of) {}
  DeadlineWatch(const DeadlineWatch&) = delete;
  DeadlineWatch& operator=(const DeadlineWatch&) = delete;
  ~DeadlineWatch() = default;

  /// Decides as merlon::decide. Nothing: a guard was late, and the session was given to another
  /// thread. `also` is told as well how far it is; may be null.
  [[nodiscard]] std::optional<Evaluation> decide(const CompiledPolicy& policy,
                                                 const SessionState& state, const Event& event,
                                                 EvaluationProgress* also = nullptr);

  /// Blocks until a guard is late: its index into the policy's guards(). Nothing after stop().
  [[nodiscard]] std::optional<std::size_t> wait_for_late();
  /// From any thread: there will be no more decisions.
  void stop();

 private:
  class Turn;

  /// When the watching thread saw a guard run for the first time.
  struct Sighting {
    std::uint64_t doing{0};
    std::chrono::steady_clock::time_point since;
    std::chrono::nanoseconds waited{0};
  };
  [[nodiscard]] bool is_late(const Sighting& sighting) const;

  WaitOf wait_of_;
  /// What the serving thread does: 0 nothing; else its turn, the guard that runs and its timeout.
  std::atomic<std::uint64_t> doing_{0};
  std::atomic<std::uint64_t> turns_{0};
  std::atomic<int> serving_{0};      ///< the thread of the newest turn
  std::atomic<bool> asleep_{false};  ///< the watching thread waits for work
  bool stopped_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace merlon
