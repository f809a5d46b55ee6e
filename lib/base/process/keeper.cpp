#include "base/process/keeper.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/process/family_watch.h"
#include "base/process/process_table.h"
#include "base/sandbox/containment.h"

namespace merlon {
namespace {

constexpr int kFirstFd = 3;
constexpr int kPoliteMilliseconds = 500;  // between SIGTERM and SIGKILL when our owner died
constexpr int kRoundMilliseconds = 10;
constexpr int kMaxRounds = 500;
constexpr int kWatchMilliseconds = 100;  // between two looks at what the family takes

// Closes [first, last]. Kernels before 5.9 have no close_range.
void close_between(int first, int last) {
  if (first > last) {
    return;
  }
  if (::syscall(SYS_close_range, static_cast<unsigned>(first), static_cast<unsigned>(last), 0U) ==
      0) {
    return;
  }
  constexpr int kReach = 65'536;
  for (int fd = first; fd <= std::min(last, kReach); ++fd) {
    ::close(fd);
  }
}

template <std::size_t N>
void close_all_but(std::array<int, N> kept) {
  std::sort(kept.begin(), kept.end());
  int from = kFirstFd;
  for (const int fd : kept) {
    close_between(from, fd - 1);
    from = fd + 1;
  }
  constexpr int kAll = 0x7FFFFFFF;
  close_between(from, kAll);
}

void say_kept(int control, KeeperWord word, int value, KeeperStage stage = KeeperStage::kNone) {
  const KeeperPacket packet{.word = word, .value = value, .stage = stage};
  // Our owner may be gone; then nobody needs to know.
  while (::send(control, &packet, sizeof packet, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

[[noreturn]] void report_and_exit(int pipe, KeeperStage stage) {
  const KeeperPacket packet{.word = KeeperWord::kFailed, .value = errno, .stage = stage};
  const ssize_t ignored = ::write(pipe, &packet, sizeof packet);
  static_cast<void>(ignored);
  ::_exit(127);
}

void reset_signals() {
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    ::sigaction(number, &standard, nullptr);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become_server(const KeeperPlan& plan, pid_t keeper, int report) {
  // An own session: no terminal, and one group that a signal reaches at once.
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper) {
    ::_exit(127);
  }  // it died before the line above took effect
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};  // a core file would hold its credentials
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(plan.input, STDIN_FILENO);
  ::dup2(plan.output, STDOUT_FILENO);
  ::dup2(plan.error_output, STDERR_FILENO);
  if (plan.folder != nullptr && ::chdir(plan.folder) != 0) {
    report_and_exit(report, KeeperStage::kFolder);
  }
  if (plan.containment != nullptr) {
    if (!plan.containment->apply()) {
      report_and_exit(report, KeeperStage::kContain);
    }
    // A change of credentials takes it off.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != keeper) {
      ::_exit(127);
    }
  }
  reset_signals();
  ::execve(plan.path, plan.argv, plan.environment);
  report_and_exit(report, KeeperStage::kExec);
}

// Starts the server and tells our owner how it went. The server's id, or -1.
pid_t start_server(const KeeperPlan& plan) {
  std::array<int, 2> report{-1, -1};
  if (::pipe2(report.data(), O_CLOEXEC) != 0) {
    say_kept(plan.control, KeeperWord::kFailed, errno, KeeperStage::kFork);
    return -1;
  }
  const pid_t keeper = ::getpid();
  const pid_t server = ::fork();
  if (server == 0) {
    ::close(report[0]);
    become_server(plan, keeper, report[1]);
  }
  const int fork_error = errno;
  ::close(report[1]);
  if (server < 0) {
    say_kept(plan.control, KeeperWord::kFailed, fork_error, KeeperStage::kFork);
    return -1;
  }
  KeeperPacket failure;
  ssize_t got = 0;
  do {
    got = ::read(report[0], &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  ::close(report[0]);
  if (got == static_cast<ssize_t>(sizeof failure)) {
    ::waitpid(server, nullptr, 0);
    say_kept(plan.control, KeeperWord::kFailed, failure.value, failure.stage);
    return -1;
  }
  say_kept(plan.control, KeeperWord::kStarted, server);
  return server;
}

// Sends `signal_number` to every living child of ours but `spared`, and counts them. Only own
// children are signalled: their ids cannot be reused before we reap them. What they leave behind
// becomes ours and is met in the next round.
int signal_children(pid_t spared, int signal_number) {
  const pid_t self = ::getpid();
  int count = 0;
  each_process([&](pid_t pid) {
    if (pid == spared) {
      return;
    }
    const ProcessEntry entry = read_process(pid);
    if (entry.parent == self && entry.alive) {
      ::kill(pid, signal_number);
      ++count;
    }
  });
  return count;
}

// The keeper's own life.

struct Keeper {
  int control{-1};
  int signals{-1};  // signalfd with SIGCHLD
  pid_t server{-1};
  bool server_ended{false};
  FamilyLimits limits;
  bool over_limit{false};

  /// Nobody else can hold a family to limits that are not those of one process.
  void watch_family() {
    const FamilyUse use = measure_family(::getpid());
    const bool too_many = limits.processes != 0 && use.processes > limits.processes;
    const bool too_much = limits.bytes != 0 && use.bytes > limits.bytes;
    if (too_many || too_much) {
      kill_family(::getpid());
      over_limit = true;
      say_kept(control, KeeperWord::kOverLimit,
               static_cast<int>(too_many ? FamilyExcess::kProcesses : FamilyExcess::kMemory));
    }
  }
  [[nodiscard]] bool watches() const {
    return !over_limit && (limits.processes != 0 || limits.bytes != 0);
  }

  // The server stays a zombie until the end, so that its group's number cannot be given to anybody
  // else.
  void notice_ends() {
    signalfd_siginfo info{};
    while (::read(signals, &info, sizeof info) > 0) {
    }
    while (!server_ended) {
      siginfo_t child{};
      if (::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) != 0 || child.si_pid == 0) {
        return;
      }
      if (child.si_pid != server) {
        ::waitpid(child.si_pid, nullptr, WNOHANG);
        continue;
      }
      server_ended = true;
      const int status =
          child.si_code == CLD_EXITED ? (child.si_status & 0xFF) << 8 : child.si_status & 0x7F;
      say_kept(control, KeeperWord::kEnded, status);
    }
  }

  void terminate() const {
    ::kill(-server, SIGTERM);
    signal_children(server, SIGTERM);
  }

  // Answers with true when everything is to end at once.
  [[nodiscard]] bool hear_control() const {
    KeeperPacket packet;
    const ssize_t got = ::recv(control, &packet, sizeof packet, MSG_DONTWAIT);
    if (got < 0) {
      return errno != EAGAIN && errno != EINTR;
    }
    if (got != static_cast<ssize_t>(sizeof packet)) {  // our owner is gone
      terminate();
      ::poll(nullptr, 0, kPoliteMilliseconds);
      return true;
    }
    if (packet.word == KeeperWord::kTerminate) {
      terminate();
    } else if (packet.word == KeeperWord::kSignal) {
      ::kill(-server, packet.value);
    }
    return packet.word == KeeperWord::kEndAll;
  }

  void wait_for_orders() {
    for (;;) {
      std::array<pollfd, 2> watched{pollfd{.fd = control, .events = POLLIN, .revents = 0},
                                    pollfd{.fd = signals, .events = POLLIN, .revents = 0}};
      if (::poll(watched.data(), watched.size(), watches() ? kWatchMilliseconds : -1) < 0) {
        continue;
      }
      if (watches()) {
        watch_family();
      }
      if (watched[1].revents != 0) {
        notice_ends();
      }
      if (watched[0].revents != 0 && hear_control()) {
        return;
      }
    }
  }

  static bool reap() {
    for (;;) {
      const pid_t pid = ::waitpid(-1, nullptr, WNOHANG);
      if (pid < 0) {
        return errno == ECHILD;
      }
      if (pid == 0) {
        return false;
      }
    }
  }

  void end_all() {
    notice_ends();
    const int outlived = signal_children(server, SIGKILL);
    ::kill(-server, SIGKILL);
    bool gone = false;
    for (int round = 0; round < kMaxRounds && !gone; ++round) {
      gone = reap();
      if (gone) {
        break;
      }
      signal_children(0, SIGKILL);
      ::poll(nullptr, 0, kRoundMilliseconds);
    }
    say_kept(control, KeeperWord::kOutlived, outlived);
    say_kept(control, KeeperWord::kStubborn, gone ? 0 : 1);
  }
};

std::array<int, 4 + ReadyContainment::kMostDescriptors> kept_descriptors(const KeeperPlan& plan) {
  std::array<int, 4 + ReadyContainment::kMostDescriptors> kept{};
  // One that is named twice is kept once.
  kept.fill(plan.control);
  kept[1] = plan.input;
  kept[2] = plan.output;
  kept[3] = plan.error_output;
  std::size_t at = 4;
  if (plan.containment != nullptr) {
    for (const int fd : plan.containment->descriptors()) {
      kept[at++] = fd;
    }
  }
  return kept;
}

}  // namespace

void run_keeper(const KeeperPlan& plan) {
  ::setsid();  // signals of the terminal are for our owner
  ::prctl(PR_SET_NAME, "merlon-keeper");
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  close_all_but(kept_descriptors(plan));
  const int null_device = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < kFirstFd && null_device >= 0; ++fd) {
    ::dup2(null_device, fd);
  }
  if (null_device >= kFirstFd) {
    ::close(null_device);
  }

  sigset_t child_signal;
  ::sigemptyset(&child_signal);
  ::sigaddset(&child_signal, SIGCHLD);
  // An ignored SIGCHLD would make the kernel reap for us.
  struct sigaction standard{};
  standard.sa_handler = SIG_DFL;
  ::sigaction(SIGCHLD, &standard, nullptr);
  const int signals = ::signalfd(-1, &child_signal, SFD_NONBLOCK | SFD_CLOEXEC);

  if (signals < 0) {
    say_kept(plan.control, KeeperWord::kFailed, errno, KeeperStage::kFork);
    ::_exit(1);
  }
  const pid_t server = start_server(plan);
  if (server < 0) {
    ::_exit(1);
  }
  ::close(plan.input);
  ::close(plan.output);
  ::close(plan.error_output);
  Keeper keeper{.control = plan.control, .signals = signals, .server = server};
  if (plan.containment != nullptr) {
    keeper.limits = plan.containment->family_limits();
  }
  keeper.wait_for_orders();
  keeper.end_all();
  ::_exit(0);
}

}  // namespace merlon
