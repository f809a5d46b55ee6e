#include "policy/deadline_watch.h"

#include <algorithm>

namespace merlon {
namespace {

// A turn, the timeout in milliseconds and the index of a guard in one number.
constexpr std::uint64_t kGuardBits = 16;
constexpr std::uint64_t kTimeoutBits = 20;
constexpr std::uint64_t kGuardMask = (1ULL << kGuardBits) - 1;
constexpr std::uint64_t kTimeoutMask = (1ULL << kTimeoutBits) - 1;
/// Between two guards: nothing that can be late.
constexpr std::uint64_t kNoGuard = kGuardMask;

constexpr std::uint64_t doing(std::uint64_t turn, std::uint64_t guard, std::uint64_t timeout_ms) {
  return (turn << (kGuardBits + kTimeoutBits)) |
         (std::min(timeout_ms, kTimeoutMask) << kGuardBits) | guard;
}

constexpr std::uint64_t guard_of(std::uint64_t what) {
  return what & kGuardMask;
}

constexpr bool is_guard(std::uint64_t what) {
  return what != 0 && guard_of(what) != kNoGuard;
}

constexpr std::chrono::milliseconds timeout_of(std::uint64_t what) {
  return std::chrono::milliseconds((what >> kGuardBits) & kTimeoutMask);
}

}  // namespace

/// One decision of the serving thread.
class DeadlineWatch::Turn final : public EvaluationProgress {
 public:
  Turn(DeadlineWatch& watch, const CompiledPolicy& policy, std::size_t bytes,
       EvaluationProgress* also)
      : watch_(watch), policy_(policy), shares_(1 + (bytes / kDeadlineShare)), also_(also) {
    watch_.serving_.store(current_thread_id());
    number_ = watch_.turns_.fetch_add(1) + 1;
    doing_ = doing(number_, kNoGuard, 0);
    watch_.doing_.store(doing_);
    if (watch_.asleep_.load()) {
      const std::scoped_lock lock(watch_.mutex_);
      watch_.changed_.notify_one();
    }
  }

  bool guard_starts(std::size_t index) override {
    const std::uint64_t timeout_ms = shares_ * policy_.guards()[index].entry.timeout_ms;
    return (also_ == nullptr || also_->guard_starts(index)) &&
           move_to(doing(number_, index, timeout_ms));
  }

  /// False when the session has been given to another thread.
  [[nodiscard]] bool end() { return move_to(0); }

 private:
  bool move_to(std::uint64_t next) {
    const bool ours = watch_.doing_.compare_exchange_strong(doing_, next);
    doing_ = next;
    return ours;
  }

  DeadlineWatch& watch_;
  const CompiledPolicy& policy_;
  std::uint64_t shares_;  ///< how many times its timeout a guard has
  EvaluationProgress* also_;
  std::uint64_t number_{0};
  std::uint64_t doing_{0};
};

std::optional<Evaluation> DeadlineWatch::decide(const CompiledPolicy& policy,
                                                const SessionState& state, const Event& event,
                                                EvaluationProgress* also) {
  Turn turn(*this, policy, event.message.bytes().size(), also);
  Evaluation evaluation = merlon::decide(policy, state, event, &turn);
  if (!turn.end()) {
    return std::nullopt;
  }
  return evaluation;
}

bool DeadlineWatch::is_late(const Sighting& sighting) const {
  if (!is_guard(sighting.doing)) {
    return false;
  }
  const auto timeout = timeout_of(sighting.doing);
  const auto elapsed = std::chrono::steady_clock::now() - sighting.since;
  if (elapsed < timeout) {
    return false;
  }
  return elapsed >= (kMostTimeouts * timeout) + kLeastPatience ||
         elapsed - (wait_of_(serving_.load()) - sighting.waited) >= timeout;
}

std::optional<std::size_t> DeadlineWatch::wait_for_late() {
  std::unique_lock lock(mutex_);
  Sighting sighting;
  std::uint64_t turns = turns_.load();
  while (!stopped_) {
    std::uint64_t now = doing_.load();
    if (now != sighting.doing) {
      const bool runs = is_guard(now);
      sighting = {.doing = now,
                  .since = std::chrono::steady_clock::now(),
                  .waited = runs ? wait_of_(serving_.load()) : std::chrono::nanoseconds(0)};
    } else if (is_late(sighting)) {
      // Ours from here on, unless the guard has ended just now.
      if (doing_.compare_exchange_strong(now, 0)) {
        return static_cast<std::size_t>(guard_of(now));
      }
      continue;
    }
    const std::uint64_t turns_now = turns_.load();
    if (now == 0 && turns_now == turns) {
      asleep_.store(true);
      changed_.wait(lock, [&] { return stopped_ || turns_.load() != turns_now; });
      asleep_.store(false);
      continue;
    }
    turns = turns_now;
    changed_.wait_for(lock, kTick, [this] { return stopped_; });
  }
  return std::nullopt;
}

void DeadlineWatch::stop() {
  const std::scoped_lock lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

}  // namespace merlon
