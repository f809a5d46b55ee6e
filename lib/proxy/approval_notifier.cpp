#include "proxy/approval_notifier.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "base/process/child_process.h"

namespace merlon {
namespace {

constexpr std::chrono::milliseconds kWriting{200};

struct Notice {
  std::vector<std::string> command;
  std::string line;
};

}  // namespace

/// Shared with the thread, which may outlive the notifier.
struct ApprovalNotifier::Queue {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Notice> waiting;
  std::vector<EnvironmentVariable> environment;
  bool over{false};
  bool started{false};

  void serve();
  void run(const Notice& notice) const;
};

void ApprovalNotifier::Queue::run(const Notice& notice) const {
  auto child = ChildProcess::start(
      {.argv = notice.command, .environment = environment, .folder = "/"}, system_clock());
  if (!child) {
    return;
  }
  static_cast<void>((*child)->queue_input(notice.line + "\n"));
  std::string thrown_away;
  // The input, which fits into the pipe, is written while waiting; then its end is what it sees.
  static_cast<void>((*child)->wait_output(system_clock().steady() + kWriting, thrown_away));
  (*child)->end({.after_input_end = kPatience, .after_sigterm = std::chrono::milliseconds{500}});
}

void ApprovalNotifier::Queue::serve() {
  for (;;) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return over || !waiting.empty(); });
    if (over) {
      return;
    }
    const Notice notice = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    run(notice);
  }
}

ApprovalNotifier::ApprovalNotifier(std::vector<EnvironmentVariable> environment)
    : queue_(std::make_shared<Queue>()) {
  queue_->environment = std::move(environment);
}

ApprovalNotifier::~ApprovalNotifier() {
  const std::scoped_lock lock(queue_->mutex);
  queue_->over = true;
  queue_->changed.notify_all();
}

bool ApprovalNotifier::tell(std::vector<std::string> command, std::string line) {
  const std::scoped_lock lock(queue_->mutex);
  if (queue_->waiting.size() >= kMostWaiting) {
    return false;
  }
  queue_->waiting.push_back({.command = std::move(command), .line = std::move(line)});
  if (!queue_->started) {
    queue_->started = true;
    std::thread([queue = queue_] { queue->serve(); }).detach();
  }
  queue_->changed.notify_one();
  return true;
}

}  // namespace merlon
