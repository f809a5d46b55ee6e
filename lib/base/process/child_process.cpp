#include "base/process/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process/keeper.h"
#include "base/text.h"

namespace merlon {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kErrorTailBytes = 16U << 10U;
constexpr std::size_t kReadBytes = 64U << 10U;
// What a child that is gone has left in the pipe comes at once; a process that inherited the pipe
// may hold it for ever.
constexpr milliseconds kOutputAfterEnd{1000};
constexpr milliseconds kEndAfterOutput{200};
constexpr milliseconds kKeeperGrace{10'000};

std::string spawn_reason(int error) {
  return std::generic_category().message(error);
}

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

// Descriptors 0 to 2 may be closed in this process; a pipe must not land there.
UniqueFd above_standard(int fd) {
  UniqueFd original(fd);
  if (fd < 0 || fd > STDERR_FILENO) {
    return original;
  }
  return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
}

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return fail(ErrorCode::kProcess, "cannot make a pipe: ", spawn_reason(errno));
  }
  return Pipe{.read_end = above_standard(ends[0]), .write_end = above_standard(ends[1])};
}

Result<Pipe> make_control() {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(ErrorCode::kProcess, "cannot make a socket pair: ", spawn_reason(errno));
  }
  return Pipe{.read_end = above_standard(ends[0]), .write_end = above_standard(ends[1])};
}

void set_non_blocking(const UniqueFd& fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags >= 0) {
    ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK);
  }
}

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

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::string_view value_of(const std::vector<EnvironmentVariable>& environment,
                          std::string_view name) {
  for (const EnvironmentVariable& variable : environment) {
    if (variable.name == name) {
      return variable.value;
    }
  }
  return {};
}

Status check_launch(const Launch& launch) {
  if (launch.argv.empty() || launch.argv.front().empty()) {
    return fail(ErrorCode::kUsage, "no command to start");
  }
  for (const std::string& word : launch.argv) {
    if (word.find('\0') != std::string::npos) {
      return fail(ErrorCode::kUsage, "an argument of the command holds a NUL byte");
    }
  }
  for (const EnvironmentVariable& variable : launch.environment) {
    MERLON_CHECK(check_variable(variable));
  }
  return {};
}

Error start_error(const Launch& launch, const KeeperPacket& packet) {
  const std::string program = escape_for_display(launch.argv.front());
  switch (packet.stage) {
    case KeeperStage::kFolder:
      return make_error(ErrorCode::kProcess, "cannot start `", program, "` in the folder `",
                        escape_for_display(launch.folder), "`: ", spawn_reason(packet.value));
    case KeeperStage::kNone:
    case KeeperStage::kFork:
    case KeeperStage::kExec: break;
  }
  Error error =
      make_error(ErrorCode::kProcess, "cannot start `", program, "`: ", spawn_reason(packet.value));
  if (packet.value == ENOEXEC) {
    error.hints.emplace_back(
        "a script needs a first line that names its interpreter, such as `#!/bin/sh`");
  }
  return error;
}

bool is_program(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  if (status.signal != 0) {
    return "signal " + std::to_string(status.signal);
  }
  return "exit code " + std::to_string(status.code);
}

Result<std::string> find_program(std::string_view program, std::string_view path) {
  if (program.find('/') != std::string_view::npos) {
    return std::string(program);
  }
  for (const std::string_view folder : split(path, ':')) {
    // An empty entry means the current folder: a program must not be taken from there by accident.
    if (folder.empty()) {
      continue;
    }
    std::string candidate = std::string(folder) + "/" + std::string(program);
    if (is_program(candidate)) {
      return candidate;
    }
  }
  return fail(ErrorCode::kProcess, "cannot find `", escape_for_display(program), "` on the PATH");
}

ChildProcess::ChildProcess(const Clock& clock, UniqueFd control, pid_t keeper)
    : clock_(clock),
      control_(std::move(control)),
      keeper_(keeper),
      error_output_(kErrorTailBytes) {}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const Launch& launch,
                                                          const Clock& clock) {
  MERLON_CHECK(check_launch(launch));
  MERLON_TRY(const std::string path,
             find_program(launch.argv.front(), value_of(launch.environment, "PATH")));
  std::vector<std::string> words = launch.argv;
  std::vector<std::string> settings;
  settings.reserve(launch.environment.size());
  for (const EnvironmentVariable& variable : launch.environment) {
    settings.push_back(variable.name + "=" + variable.value);
  }
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> environment = pointers_to(settings);
  MERLON_TRY(Pipe input, make_pipe());
  MERLON_TRY(Pipe output, make_pipe());
  MERLON_TRY(Pipe errors, make_pipe());
  MERLON_TRY(Pipe control, make_control());

  const KeeperPlan plan{.path = path.c_str(),
                        .argv = argv.data(),
                        .environment = environment.data(),
                        .folder = launch.folder.empty() ? nullptr : launch.folder.c_str(),
                        .control = control.write_end.get(),
                        .input = input.read_end.get(),
                        .output = output.write_end.get(),
                        .error_output = errors.write_end.get()};
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t keeper = ::fork();
  if (keeper == 0) {
    run_keeper(plan);
  }
  const int fork_error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (keeper < 0) {
    return fail(ErrorCode::kProcess, "cannot start a process: ", spawn_reason(fork_error));
  }

  std::unique_ptr<ChildProcess> child(new ChildProcess(clock, std::move(control.read_end), keeper));
  control.write_end.reset();
  KeeperPacket packet{.word = KeeperWord::kFailed, .value = ECHILD, .stage = KeeperStage::kFork};
  ssize_t got = 0;
  do {
    got = ::recv(child->control_.get(), &packet, sizeof packet, 0);
  } while (got < 0 && errno == EINTR);
  if (packet.word != KeeperWord::kStarted) {
    return std::unexpected(start_error(launch, packet));
  }
  child->pid_ = packet.value;
  child->input_ = std::move(input.write_end);
  child->output_ = std::move(output.read_end);
  child->errors_ = std::move(errors.read_end);
  set_non_blocking(child->input_);
  set_non_blocking(child->output_);
  set_non_blocking(child->errors_);
  return child;
}

ChildProcess::~ChildProcess() {
  end(Grace{.after_input_end = milliseconds(0), .after_sigterm = milliseconds(0)});
}

bool ChildProcess::queue_input(std::string_view bytes) {
  if (!input_.open() || pending_input_.size() - written_ + bytes.size() > kInputLimit) {
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
  const ssize_t put = write_quietly(input_.get(), rest);
  if (put < 0 && errno != EAGAIN &&
      errno != EINTR) {  // EPIPE: it no longer reads; its output may still say why
    input_.reset();
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
  const ssize_t got = ::read(output_.get(), buffer.data(), buffer.size());
  if (got > 0 && drain == Drain::kKeep) {
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
    output_.reset();
  }
}

void ChildProcess::read_errors() {
  std::array<char, kReadBytes> buffer{};
  const ssize_t got = ::read(errors_.get(), buffer.data(), buffer.size());
  if (got > 0) {
    error_output_.append({buffer.data(), static_cast<std::size_t>(got)});
  }
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
    errors_.reset();
  }
}

void ChildProcess::take(const KeeperPacket& packet) {
  switch (packet.word) {
    case KeeperWord::kEnded:
      status_ = WIFSIGNALED(packet.value)
                    ? ExitStatus{.code = 0, .signal = WTERMSIG(packet.value)}
                    : ExitStatus{.code = WEXITSTATUS(packet.value), .signal = 0};
      ended_at_ = clock_.steady();
      return;
    case KeeperWord::kOutlived:
      outlived_ = static_cast<std::uint32_t>(std::max(packet.value, 0));
      return;
    case KeeperWord::kStubborn:
      keeper_done_ = true;
      stubborn_ = packet.value != 0;
      return;
    case KeeperWord::kStarted:
    case KeeperWord::kFailed:
    case KeeperWord::kTerminate:
    case KeeperWord::kEndAll: return;
  }
}

void ChildProcess::hear_keeper() {
  while (control_.open()) {
    KeeperPacket packet;
    const ssize_t got = ::recv(control_.get(), &packet, sizeof packet, MSG_DONTWAIT);
    if (got == static_cast<ssize_t>(sizeof packet)) {
      take(packet);
      continue;
    }
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got == 0 || (got < 0 && errno != EAGAIN)) {
      control_.reset();
    }
    return;
  }
}

// One that is gone need not be told.
void ChildProcess::tell_keeper(const KeeperPacket& packet) const {
  if (control_.open()) {
    static_cast<void>(::send(control_.get(), &packet, sizeof packet, MSG_NOSIGNAL));
  }
}

int ChildProcess::poll_timeout(TimePoint deadline) const {
  const auto left = std::chrono::ceil<milliseconds>(deadline - clock_.steady()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// One poll and what it brings.
void ChildProcess::turn(TimePoint deadline, Drain drain, std::string& bytes) {
  const bool has_input = input_.open() && written_ < pending_input_.size();
  std::array<pollfd, 4> watched{
      pollfd{.fd = output_.get(), .events = POLLIN, .revents = 0},
      pollfd{.fd = errors_.get(), .events = POLLIN, .revents = 0},
      pollfd{.fd = has_input ? input_.get() : -1, .events = POLLOUT, .revents = 0},
      pollfd{.fd = control_.get(), .events = POLLIN, .revents = 0}};
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
    if (!output_.open()) {
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
    if (!control_.open() && !status_) {
      return Event::kOutputEnd;
    }  // the keeper was killed
    const TimePoint now = clock_.steady();
    if (ended_at_ && now >= *ended_at_ + kOutputAfterEnd) {
      return Event::kOutputEnd;
    }
    if (output_.open() && now >= deadline) {
      return Event::kDeadline;
    }
  }
}

// True when the server itself has ended.
bool ChildProcess::wait_for_end(TimePoint deadline) {
  std::string none;
  while (!status_ && control_.open() && clock_.steady() < deadline) {
    turn(deadline, Drain::kThrowAway, none);
  }
  return status_.has_value();
}

// Tells the keeper to kill all, and reaps it.
void ChildProcess::finish_keeper() {
  const TimePoint deadline = clock_.steady() + kKeeperGrace;
  tell_keeper(KeeperPacket{.word = KeeperWord::kEndAll});
  std::string none;
  while (control_.open() && clock_.steady() < deadline) {
    turn(deadline, Drain::kThrowAway, none);
  }
  if (control_.open()) {
    ::kill(keeper_, SIGKILL);
  }
  // Somebody killed the keeper, or it could not finish: what is left is not known.
  if (pid_ > 0 && !keeper_done_) {
    stubborn_ = true;
  }
  while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Ending ChildProcess::end(const Grace& grace) {
  if (ending_) {
    return *ending_;
  }
  Ending ending;
  if (pid_ > 0 && !output_.open()) {  // it is most likely ending just now
    wait_for_end(clock_.steady() + kEndAfterOutput);
  }
  if (pid_ > 0 && !status_) {
    hear_keeper();
  }
  const bool by_itself = status_.has_value();
  input_.reset();
  if (pid_ > 0 && !by_itself) {
    ending.by = EndedBy::kInputEnd;
    if (!wait_for_end(clock_.steady() + grace.after_input_end)) {
      ending.by = EndedBy::kSigterm;
      tell_keeper(KeeperPacket{.word = KeeperWord::kTerminate});
      if (!wait_for_end(clock_.steady() + grace.after_sigterm)) {
        ending.by = EndedBy::kSigkill;
      }
    }
  }
  if (ending.by != EndedBy::kSigkill) {
    ending.status = status_;
  }
  finish_keeper();
  output_.reset();
  errors_.reset();
  ending.outlived = outlived_;
  ending.stubborn = stubborn_;
  ending_ = ending;
  return ending;
}

}  // namespace merlon
