#include "base/process/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

namespace merlon {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kErrorTailBytes = 16U << 10U;
constexpr std::size_t kReadBytes = 64U << 10U;
// What a child that is gone has left in the pipe comes at once; a process that inherited the pipe
// may hold it for ever.
constexpr milliseconds kOutputAfterEnd{1000};
constexpr milliseconds kEndAfterOutput{200};

// write(2) without SIGPIPE, whatever the disposition of this program is.
ssize_t write_quietly(int fd, std::string_view bytes) {
  sigset_t pipe_signal;
  sigset_t before;
  sigset_t pending;
  ::sigemptyset(&pipe_signal);
  ::sigaddset(&pipe_signal, SIGPIPE);
  ::sigpending(&pending);
  const bool was_pending = ::sigismember(&pending, SIGPIPE) == 1;
  ::pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const ssize_t put = ::write(fd, bytes.data(), bytes.size());
  const int error = errno;
  if (put < 0 && error == EPIPE && !was_pending) {
    const timespec now{.tv_sec = 0, .tv_nsec = 0};
    ::sigtimedwait(&pipe_signal, nullptr, &now);
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return put;
}

}  // namespace

ChildProcess::ChildProcess(const Clock& clock, KeptProcess process)
    : clock_(clock), process_(std::move(process)), error_output_(kErrorTailBytes) {}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const Launch& launch,
                                                          const Clock& clock) {
  MERLON_TRY(KeptProcess process, KeptProcess::start(launch));
  return std::unique_ptr<ChildProcess>(new ChildProcess(clock, std::move(process)));
}

ChildProcess::~ChildProcess() {
  end(Grace{.after_input_end = milliseconds(0), .after_sigterm = milliseconds(0)});
}

bool ChildProcess::queue_input(std::string_view bytes) {
  if (!process_.streams().input.open() ||
      pending_input_.size() - written_ + bytes.size() > kInputLimit) {
    return false;
  }
  if (written_ > kReadBytes) {
    pending_input_.erase(0, written_);
    written_ = 0;
  }
  pending_input_.append(bytes);
  return true;
}

void ChildProcess::write_input() {
  const std::string_view rest = std::string_view(pending_input_).substr(written_);
  const ssize_t put = write_quietly(process_.streams().input.get(), rest);
  if (put < 0 && errno != EAGAIN &&
      errno != EINTR) {  // EPIPE: it no longer reads; its output may still say why
    process_.streams().input.reset();
    pending_input_.clear();
    written_ = 0;
    return;
  }
  written_ += put > 0 ? static_cast<std::size_t>(put) : 0;
  if (written_ == pending_input_.size()) {
    pending_input_.clear();
    written_ = 0;
  }
}

void ChildProcess::read_output(Drain drain, std::string& bytes) {
  std::array<char, kReadBytes> buffer{};
  const ssize_t got = ::read(process_.streams().output.get(), buffer.data(), buffer.size());
  if (got > 0 && drain == Drain::kKeep) {
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
    process_.streams().output.reset();
  }
}

void ChildProcess::read_errors() {
  std::array<char, kReadBytes> buffer{};
  const ssize_t got = ::read(process_.streams().errors.get(), buffer.data(), buffer.size());
  if (got > 0) {
    error_output_.append({buffer.data(), static_cast<std::size_t>(got)});
  }
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
    process_.streams().errors.reset();
  }
}

void ChildProcess::hear_keeper() {
  process_.hear();
  if (process_.status() && !ended_at_) {
    ended_at_ = clock_.steady();
  }
}

int ChildProcess::poll_timeout(TimePoint deadline) const {
  const auto left = std::chrono::ceil<milliseconds>(deadline - clock_.steady()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// One poll and what it brings.
void ChildProcess::turn(TimePoint deadline, Drain drain, std::string& bytes) {
  const bool has_input = process_.streams().input.open() && written_ < pending_input_.size();
  std::array<pollfd, 4> watched{
      pollfd{.fd = process_.streams().output.get(), .events = POLLIN, .revents = 0},
      pollfd{.fd = process_.streams().errors.get(), .events = POLLIN, .revents = 0},
      pollfd{
          .fd = has_input ? process_.streams().input.get() : -1, .events = POLLOUT, .revents = 0},
      pollfd{.fd = process_.control_fd(), .events = POLLIN, .revents = 0}};
  if (::poll(watched.data(), watched.size(), poll_timeout(deadline)) <= 0) {
    return;
  }
  if (watched[3].revents != 0) {
    hear_keeper();
  }
  if (watched[1].revents != 0) {
    read_errors();
  }
  if (watched[2].revents != 0) {
    write_input();
  }
  if (watched[0].revents != 0) {
    read_output(drain, bytes);
  }
}

ChildProcess::Event ChildProcess::wait_output(TimePoint deadline, std::string& bytes) {
  const std::size_t before = bytes.size();
  for (;;) {
    if (!process_.streams().output.open()) {
      return Event::kOutputEnd;
    }
    TimePoint until = deadline;
    if (ended_at_) {
      until = std::min(until, *ended_at_ + kOutputAfterEnd);
    }
    turn(until, Drain::kKeep, bytes);
    if (bytes.size() != before) {
      return Event::kOutput;
    }
    if (process_.keeper_gone() && !process_.status()) {
      return Event::kOutputEnd;
    }  // the keeper was killed
    const TimePoint now = clock_.steady();
    if (ended_at_ && now >= *ended_at_ + kOutputAfterEnd) {
      return Event::kOutputEnd;
    }
    if (process_.streams().output.open() && now >= deadline) {
      return Event::kDeadline;
    }
  }
}

// True when the server itself has ended.
bool ChildProcess::wait_for_end(TimePoint deadline) {
  std::string none;
  while (!process_.status() && !process_.keeper_gone() && clock_.steady() < deadline) {
    turn(deadline, Drain::kThrowAway, none);
  }
  return process_.status().has_value();
}

Ending ChildProcess::end(const Grace& grace) {
  if (ending_) {
    return *ending_;
  }
  Ending ending;
  if (!process_.streams().output.open()) {  // it is most likely ending just now
    wait_for_end(clock_.steady() + kEndAfterOutput);
  }
  if (!process_.status()) {
    hear_keeper();
  }
  const bool by_itself = process_.status().has_value();
  process_.streams().input.reset();
  if (!by_itself) {
    ending.by = EndedBy::kInputEnd;
    if (!wait_for_end(clock_.steady() + grace.after_input_end)) {
      ending.by = EndedBy::kSigterm;
      process_.terminate();
      if (!wait_for_end(clock_.steady() + grace.after_sigterm)) {
        ending.by = EndedBy::kSigkill;
      }
    }
  }
  if (ending.by != EndedBy::kSigkill) {
    ending.status = process_.status();
  }
  const KeptEnding kept = process_.end_all();
  ending.outlived = kept.outlived;
  ending.stubborn = kept.stubborn;
  ending_ = ending;
  return ending;
}

}  // namespace merlon
