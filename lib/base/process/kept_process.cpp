#include "base/process/kept_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
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

constexpr std::chrono::milliseconds kKeeperGrace{10'000};

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
    case KeeperStage::kContain:
      return make_error(ErrorCode::kUnsupported, "cannot contain `", program,
                        "`: ", spawn_reason(packet.value));
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

Result<KeptProcess> KeptProcess::start(const Launch& launch) {
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
                        .error_output = errors.write_end.get(),
                        .containment = launch.containment.get()};
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
  KeptProcess process;
  process.keeper_ = keeper;
  process.control_ = std::move(control.read_end);
  control.write_end.reset();
  MERLON_CHECK(process.await_start(launch));
  process.streams_ = {.input = std::move(input.write_end),
                      .output = std::move(output.read_end),
                      .errors = std::move(errors.read_end)};
  set_non_blocking(process.streams_.input);
  set_non_blocking(process.streams_.output);
  set_non_blocking(process.streams_.errors);
  return process;
}

Status KeptProcess::await_start(const Launch& launch) {
  KeeperPacket packet{.word = KeeperWord::kFailed, .value = ECHILD, .stage = KeeperStage::kFork};
  ssize_t got = 0;
  do {
    got = ::recv(control_.get(), &packet, sizeof packet, 0);
  } while (got < 0 && errno == EINTR);
  if (packet.word != KeeperWord::kStarted) {
    return std::unexpected(start_error(launch, packet));
  }
  pid_ = packet.value;
  return {};
}

KeptProcess::KeptProcess(KeptProcess&& other) noexcept
    : keeper_(std::exchange(other.keeper_, -1)),
      pid_(std::exchange(other.pid_, -1)),
      control_(std::move(other.control_)),
      streams_(std::move(other.streams_)),
      status_(other.status_),
      excess_(other.excess_),
      ending_(other.ending_),
      keeper_done_(other.keeper_done_) {}

KeptProcess& KeptProcess::operator=(KeptProcess&& other) noexcept {
  if (this != &other) {
    end_all();
    keeper_ = std::exchange(other.keeper_, -1);
    pid_ = std::exchange(other.pid_, -1);
    control_ = std::move(other.control_);
    streams_ = std::move(other.streams_);
    status_ = other.status_;
    excess_ = other.excess_;
    ending_ = other.ending_;
    keeper_done_ = other.keeper_done_;
  }
  return *this;
}

KeptProcess::~KeptProcess() {
  end_all();
}

void KeptProcess::take(const KeeperPacket& packet) {
  switch (packet.word) {
    case KeeperWord::kEnded:
      status_ = WIFSIGNALED(packet.value)
                    ? ExitStatus{.code = 0, .signal = WTERMSIG(packet.value)}
                    : ExitStatus{.code = WEXITSTATUS(packet.value), .signal = 0};
      return;
    case KeeperWord::kOutlived:
      ending_.outlived = static_cast<std::uint32_t>(std::max(packet.value, 0));
      return;
    case KeeperWord::kStubborn:
      keeper_done_ = true;
      ending_.stubborn = packet.value != 0;
      return;
    case KeeperWord::kOverLimit: excess_ = static_cast<FamilyExcess>(packet.value); return;
    case KeeperWord::kStarted:
    case KeeperWord::kFailed:
    case KeeperWord::kTerminate:
    case KeeperWord::kEndAll:
    case KeeperWord::kSignal: return;
  }
}

void KeptProcess::hear() {
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
void KeptProcess::tell(const KeeperPacket& packet) const {
  if (control_.open()) {
    static_cast<void>(::send(control_.get(), &packet, sizeof packet, MSG_NOSIGNAL));
  }
}

void KeptProcess::terminate() const {
  tell(KeeperPacket{.word = KeeperWord::kTerminate});
}

void KeptProcess::signal(int number) const {
  tell(KeeperPacket{.word = KeeperWord::kSignal, .value = number});
}

KeptEnding KeptProcess::end_all() {
  if (keeper_ < 0) {
    return ending_;
  }
  tell(KeeperPacket{.word = KeeperWord::kEndAll});
  streams_ = {};
  const auto deadline = std::chrono::steady_clock::now() + kKeeperGrace;
  while (control_.open()) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd watched{.fd = control_.get(), .events = POLLIN, .revents = 0};
    if (left.count() <= 0) {
      break;
    }
    if (::poll(&watched, 1, static_cast<int>(left.count())) > 0) {
      hear();
    }
  }
  if (control_.open()) {
    ::kill(keeper_, SIGKILL);
  }
  // Somebody killed the keeper, or it could not finish: what is left is not known.
  if (pid_ > 0 && !keeper_done_) {
    ending_.stubborn = true;
  }
  while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
  keeper_ = -1;
  control_.reset();
  return ending_;
}

}  // namespace merlon
