#include "policy/deadline_runner.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace merlon {
namespace {

/// What one decision needs, kept alive by whoever still looks at it.
struct DeadlineJob {
  std::shared_ptr<const CompiledPolicy> policy;
  std::shared_ptr<const SessionState> state;
  std::shared_ptr<const Event> event;
};

}  // namespace

std::chrono::steady_clock::time_point DeadlineTimer::deadline_of(const GuardEntry& guard) const {
  return std::chrono::steady_clock::now() + std::chrono::milliseconds(guard.timeout_ms);
}

/// A thread that decides one job after the other, until it is left or dismissed.
class DeadlineRunner::Worker final : public EvaluationProgress,
                                     public std::enable_shared_from_this<Worker> {
 public:
  explicit Worker(const DeadlineTimer* timer) : timer_(timer) {}

  void start() {
    // The thread owns the worker: it may outlive the runner.
    std::thread([self = shared_from_this()] { self->run(); }).detach();
  }

  void give(std::shared_ptr<const DeadlineJob> job) {
    const std::scoped_lock lock(mutex_);
    job_ = std::move(job);
    answer_.reset();
    running_.reset();
    changed_.notify_all();
  }

  /// The answer, or the index of the guard that is late.
  [[nodiscard]] std::optional<Evaluation> wait(std::size_t& late) {
    std::unique_lock lock(mutex_);
    while (!answer_) {
      if (!running_) {
        changed_.wait(lock);
        continue;
      }
      const auto deadline = deadline_;
      const std::size_t guard = *running_;
      const bool moved = changed_.wait_until(lock, deadline, [&] {
        return answer_.has_value() || running_ != guard || deadline_ != deadline;
      });
      if (!moved) {
        late = guard;
        left_ = true;
        return std::nullopt;
      }
    }
    return std::exchange(answer_, std::nullopt);
  }

  /// Ends the thread as soon as it has nothing to do.
  void dismiss() {
    const std::scoped_lock lock(mutex_);
    left_ = true;
    changed_.notify_all();
  }

 private:
  void guard_starts(std::size_t index) override {
    const std::scoped_lock lock(mutex_);
    if (left_) {
      return;
    }
    running_ = index;
    // Outside of `wait` nobody else touches the timer: it is const.
    deadline_ = timer_->deadline_of(job_->policy->guards()[index].entry);
    changed_.notify_all();
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return left_ || job_ != nullptr; });
      if (left_) {
        return;
      }
      const std::shared_ptr<const DeadlineJob> job = job_;
      lock.unlock();
      Evaluation answer = merlon::decide(*job->policy, *job->state, *job->event, this);
      lock.lock();
      job_ = nullptr;
      answer_ = std::move(answer);
      changed_.notify_all();
    }
  }

  const DeadlineTimer* timer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const DeadlineJob> job_;
  std::optional<Evaluation> answer_;
  std::optional<std::size_t> running_;  ///< the guard that runs now
  std::chrono::steady_clock::time_point deadline_;
  bool left_{false};
};

namespace {

const DeadlineTimer& real_deadline_timer() {
  static const DeadlineTimer timer;
  return timer;
}

}  // namespace

DeadlineRunner::DeadlineRunner(const DeadlineTimer* timer)
    : timer_(timer != nullptr ? timer : &real_deadline_timer()) {}

DeadlineRunner::~DeadlineRunner() {
  if (worker_ != nullptr) {
    worker_->dismiss();
  }
}

std::size_t DeadlineRunner::left_running() const {
  return static_cast<std::size_t>(std::count_if(
      left_.begin(), left_.end(), [](const auto& worker) { return !worker.expired(); }));
}

Evaluation DeadlineRunner::decide(const std::shared_ptr<const CompiledPolicy>& policy,
                                  std::shared_ptr<SessionState>& state,
                                  std::shared_ptr<Event>& event) {
  std::erase_if(left_, [](const auto& worker) { return worker.expired(); });
  if (left_.size() >= kMostLeft) {
    std::vector<std::string>& late_guards = event->facts.late_guards;
    late_guards.insert(late_guards.end(), late_before_.begin(), late_before_.end());
  }
  while (true) {
    if (worker_ == nullptr) {
      worker_ = std::make_shared<Worker>(timer_);
      worker_->start();
    }
    worker_->give(std::make_shared<const DeadlineJob>(DeadlineJob{policy, state, event}));
    std::size_t late = 0;
    if (auto answer = worker_->wait(late)) {
      return *std::move(answer);
    }
    left_.push_back(worker_);
    worker_ = nullptr;
    state = std::make_shared<SessionState>(*state);
    event = std::make_shared<Event>(*event);
    const std::string& id = policy->guards()[late].entry.id;
    event->facts.late_guards.push_back(id);
    late_before_.insert(id);
  }
}

}  // namespace merlon
