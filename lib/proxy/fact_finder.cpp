#include "proxy/fact_finder.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

#include "base/process/unique_fd.h"
#include "proxy/host_resolver.h"
#include "proxy/path_resolver.h"

namespace merlon {
namespace {

using FactTime = std::chrono::steady_clock::time_point;

Fact fact_without_answer(Need need, FactState state) {
  return {.need = std::move(need), .state = state, .values = {}};
}

Fact resolve_in_world(const Need& need, const PathWorld& world) {
  switch (need.kind) {
    case NeedKind::kPath: return resolve_path(need.what, world);
    case NeedKind::kHost: return resolve_host(need.what);
    case NeedKind::kHook:
    case NeedKind::kToolList: break;
  }
  return fact_without_answer(need, FactState::kFailed);
}

/// Signals are for the proxy's loop: a new thread blocks them all.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

bool watch_for_input(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

/// What the finder and its threads share; lives as long as the last of them.
class FactFinder::Desk : public std::enable_shared_from_this<Desk> {
 public:
  Desk(const FactFinderOptions& options, FactResolver resolver, const Clock& clock)
      : options_(options), resolver_(std::move(resolver)), clock_(clock) {
    UniqueFd answered(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    UniqueFd timer(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
    UniqueFd both(::epoll_create1(EPOLL_CLOEXEC));
    if (answered.open() && timer.open() && both.open() &&
        watch_for_input(both.get(), answered.get()) && watch_for_input(both.get(), timer.get())) {
      answered_ = std::move(answered);
      timer_ = std::move(timer);
      both_ = std::move(both);
    }
  }

  [[nodiscard]] int fd() const { return both_.get(); }

  void ask(std::uint64_t ticket, Need need) {
    const std::scoped_lock lock(mutex_);
    expire(clock_.steady());
    const bool host = need.kind == NeedKind::kHost;
    if (!both_.open() || (!host && need.kind != NeedKind::kPath) || !find_thread()) {
      answer(ticket, fact_without_answer(std::move(need), FactState::kFailed));
      return;
    }
    const std::uint64_t serial = ++last_serial_;
    queue_.push_back(serial);
    waiting_[serial] = {
        .ticket = ticket,
        .need = std::move(need),
        .deadline = clock_.steady() + (host ? options_.host_time : options_.path_time),
        .worker = nullptr};
    arm_timer();
    work_there_.notify_one();
  }

  std::vector<Answered> take() {
    const std::scoped_lock lock(mutex_);
    if (both_.open()) {
      std::uint64_t ignored = 0;
      (void)!::read(answered_.get(), &ignored, sizeof ignored);
      if (::read(timer_.get(), &ignored, sizeof ignored) > 0) {
        armed_.reset();
      }
    }
    expire(clock_.steady());
    arm_timer();
    return std::exchange(done_, {});
  }

  [[nodiscard]] std::size_t left_running() {
    const std::scoped_lock lock(mutex_);
    return left_;
  }

  /// The finder is gone: threads end when they have nothing to do.
  void close() {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    queue_.clear();
    waiting_.clear();
    work_there_.notify_all();
  }

 private:
  struct WorkerMark {
    bool left{false};
  };
  struct Waiting {
    std::uint64_t ticket{0};
    Need need;
    FactTime deadline;
    WorkerMark* worker{nullptr};  ///< null: in the queue
  };

  // All below: with the lock held.

  void answer(std::uint64_t ticket, Fact fact) {
    done_.push_back({.ticket = ticket, .fact = std::move(fact)});
    if (answered_.open()) {
      const std::uint64_t one = 1;
      (void)!::write(answered_.get(), &one, sizeof one);
    }
  }

  /// Whether a need may be queued: there is a thread that will come to it.
  bool find_thread() {
    if (queue_.size() < idle_) {
      return true;
    }
    if (active_ < options_.threads) {
      return start_thread() || (active_ > 0 && queue_.size() < options_.queue);
    }
    return left_ < options_.left && queue_.size() < options_.queue;
  }

  bool start_thread() {
    const SignalsBlocked blocked;
    try {
      std::thread([self = shared_from_this()] { self->work(); }).detach();
    } catch (const std::system_error&) {
      return false;
    }
    ++active_;
    return true;
  }

  /// Whose time is over is answered; who looks it up is left.
  void expire(FactTime now) {
    for (auto one = waiting_.begin(); one != waiting_.end();) {
      Waiting& waiting = one->second;
      if (waiting.deadline > now) {
        ++one;
        continue;
      }
      if (waiting.worker != nullptr && left_ < options_.left) {
        waiting.worker->left = true;
        --active_;
        ++left_;
      }
      answer(waiting.ticket, fact_without_answer(std::move(waiting.need), FactState::kTimeout));
      std::erase(queue_, one->first);
      one = waiting_.erase(one);
    }
    // What waits behind threads that were left gets new ones.
    std::size_t served = idle_;
    while (queue_.size() > served && active_ < options_.threads && start_thread()) {
      ++served;
    }
  }

  void arm_timer() {
    if (!timer_.open()) {
      return;
    }
    std::optional<FactTime> next;
    for (const auto& [serial, waiting] : waiting_) {
      next = next ? std::min(*next, waiting.deadline) : waiting.deadline;
    }
    if (next == armed_) {
      return;
    }
    armed_ = next;
    itimerspec when{};
    if (next) {
      const auto rest = std::max(*next - clock_.steady(), FactTime::duration(1));
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(rest);
      when.it_value.tv_sec = seconds.count();
      when.it_value.tv_nsec = std::chrono::nanoseconds(rest - seconds).count();
    }
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);
  }

  // What a thread does.

  void work() {
    WorkerMark mark;
    std::unique_lock lock(mutex_);
    while (true) {
      ++idle_;
      work_there_.wait(lock, [this] { return closed_ || !queue_.empty(); });
      --idle_;
      if (closed_) {
        --active_;
        return;
      }
      const std::uint64_t serial = queue_.front();
      queue_.pop_front();
      Waiting& waiting = waiting_[serial];
      waiting.worker = &mark;
      const Need need = waiting.need;
      lock.unlock();
      Fact fact = look_up(need);
      lock.lock();
      if (const auto found = waiting_.find(serial); found != waiting_.end()) {
        answer(found->second.ticket, std::move(fact));
        waiting_.erase(found);
      }
      if (mark.left) {
        --left_;
        if (active_ >= options_.threads) {
          return;
        }
        mark.left = false;
        ++active_;
      }
    }
  }

  [[nodiscard]] Fact look_up(const Need& need) const {
    try {
      return resolver_(need);
    } catch (...) {  // out of memory: that need fails, the proxy goes on
      return fact_without_answer(need, FactState::kFailed);
    }
  }

  const FactFinderOptions options_;
  const FactResolver resolver_;
  const Clock& clock_;
  UniqueFd answered_;
  UniqueFd timer_;
  UniqueFd both_;  ///< epoll over the two above

  std::mutex mutex_;
  std::condition_variable work_there_;
  std::map<std::uint64_t, Waiting> waiting_;  ///< by serial number: all that is not answered
  std::deque<std::uint64_t> queue_;           ///< of them those that no thread has begun
  std::vector<Answered> done_;
  std::optional<FactTime> armed_;
  std::uint64_t last_serial_{0};
  std::size_t active_{0};  ///< threads that are there for new needs
  std::size_t idle_{0};    ///< of them those that wait for one
  std::size_t left_{0};
  bool closed_{false};
};

FactFinder::FactFinder(const FactFinderOptions& options, FactResolver resolver,
                       const Clock& clock) {
  if (!resolver) {
    resolver = [world = PathWorld{.folder = options.folder, .home = options.home}](
                   const Need& need) { return resolve_in_world(need, world); };
  }
  desk_ = std::make_shared<Desk>(options, std::move(resolver), clock);
}

FactFinder::~FactFinder() {
  desk_->close();
}

int FactFinder::ready_fd() const {
  return desk_->fd();
}

void FactFinder::ask(std::uint64_t ticket, Need need) {
  desk_->ask(ticket, std::move(need));
}

std::vector<Answered> FactFinder::take() {
  return desk_->take();
}

std::size_t FactFinder::left_running() const {
  return desk_->left_running();
}

}  // namespace merlon
