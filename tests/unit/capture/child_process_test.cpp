#include "base/process/child_process.h"

#include <cerrno>
#include <filesystem>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace merlon;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds kPatience{20};  // only reached when something is broken

Launch shell(std::string script) {
  return Launch{.argv = {"/bin/sh", "-c", std::move(script)},
                .environment = {{"PATH", "/usr/local/bin:/usr/bin:/bin"}},
                .folder = {}};
}

std::string read_to_end(ChildProcess& child) {
  std::string bytes;
  const auto deadline = system_clock().steady() + kPatience;
  while (child.wait_output(deadline, bytes) == ChildProcess::Event::kOutput) {
  }
  return bytes;
}

std::string read_line(ChildProcess& child) {
  std::string bytes;
  const auto deadline = system_clock().steady() + kPatience;
  while (bytes.find('\n') == std::string::npos &&
         child.wait_output(deadline, bytes) == ChildProcess::Event::kOutput) {
  }
  return bytes.substr(0, bytes.find('\n'));
}

bool is_alive(pid_t pid) {
  return ::kill(pid, 0) == 0 || errno != ESRCH;
}

std::unique_ptr<ChildProcess> started(const Launch& launch) {
  auto child = ChildProcess::start(launch, system_clock());
  REQUIRE_MESSAGE(child.has_value(), (child ? "" : child.error().message));
  return *std::move(child);
}

std::string start_failure(const Launch& launch) {
  auto child = ChildProcess::start(launch, system_clock());
  REQUIRE_FALSE(child.has_value());
  return render(child.error());
}

const Grace kShort{.after_input_end = milliseconds(200), .after_sigterm = milliseconds(200)};

}  // namespace

TEST_CASE("child: gives back what it is told, ends with its input, and its exit code is known") {
  const auto child = started(shell("cat; exit 7"));
  REQUIRE(child->queue_input("one\ntwo\n"));
  CHECK(read_line(*child) == "one");
  const Ending ending = child->end(Grace{});
  CHECK(ending.by == EndedBy::kInputEnd);
  CHECK(ending.status == ExitStatus{.code = 7, .signal = 0});
  CHECK(ending.outlived == 0);
  CHECK_FALSE(ending.stubborn);
}

TEST_CASE("child: the environment is exactly what was given") {
  Launch launch{.argv = {"/usr/bin/env"}, .environment = {{"A", "1"}, {"B", "x=y"}}, .folder = {}};
  CHECK(read_to_end(*started(launch)) == "A=1\nB=x=y\n");
}

TEST_CASE("child: no descriptor but the three standard ones is inherited") {
  const int leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  REQUIRE(leak >= 0);
  const int kept = ::fcntl(leak, F_DUPFD, 100);
  // `ls` itself holds one more, for the folder that it lists.
  CHECK(read_to_end(*started(shell("exec ls /proc/self/fd"))) == "0\n1\n2\n3\n");
  ::close(leak);
  ::close(kept);
}

TEST_CASE("child: signals have their default meaning and none is blocked") {
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  CHECK(read_to_end(*started(shell("exec grep -E '^Sig(Blk|Ign)' /proc/self/status"))) ==
        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("child: runs in the folder that was asked for") {
  Launch launch = shell("pwd");
  launch.folder = "/usr";
  CHECK(read_to_end(*started(launch)) == "/usr\n");
}

TEST_CASE(
    "child: a program that is not there, a folder that is not there, and a non-program are named") {
  CHECK(start_failure({.argv = {"no-such-program-4711"},
                       .environment = {{"PATH", "/usr/bin"}},
                       .folder = {}}) ==
        "merlon: error[process]: cannot find `no-such-program-4711` on the PATH\n");
  CHECK(start_failure({.argv = {"/no/such/program"}, .environment = {}, .folder = {}}) ==
        "merlon: error[process]: cannot start `/no/such/program`: No such file or directory\n");
  Launch lost = shell("true");
  lost.folder = "/no/such/folder";
  CHECK(start_failure(lost) ==
        "merlon: error[process]: cannot start `/bin/sh` in the folder `/no/such/folder`: No such "
        "file or "
        "directory\n");
  CHECK(start_failure({.argv = {"/etc/passwd"}, .environment = {}, .folder = {}}) ==
        "merlon: error[process]: cannot start `/etc/passwd`: Permission denied\n");
  CHECK(start_failure({.argv = {}, .environment = {}, .folder = {}}) ==
        "merlon: error[usage]: no command to start\n");
  CHECK(start_failure({.argv = {"/bin/true"}, .environment = {{"A=B", "1"}}, .folder = {}}) ==
        "merlon: error[usage]: `A=B` cannot be the name of an environment variable\n");
}

TEST_CASE("child: the current folder is not part of the PATH, an empty entry neither") {
  const auto found = find_program("sh", ":/bin");
  REQUIRE(found.has_value());
  CHECK(*found == "/bin/sh");
  CHECK_FALSE(find_program("README.md", ":").has_value());
}

TEST_CASE("child: standard error is drained while nobody looks, and its last lines are kept") {
  // 1 MB is sixteen times what a pipe holds.
  const auto child =
      started(shell("i=0; while [ $i -lt 16000 ]; do echo "
                    "0123456789012345678901234567890123456789012345678901234567890123 >&2; "
                    "i=$((i+1)); done; echo last words >&2; echo done"));
  CHECK(read_line(*child) == "done");
  child->end(Grace{});
  CHECK(child->error_output().total() == 16000 * 65 + 11);
  CHECK(child->error_output().last_lines(2) ==
        std::vector<std::string>{"0123456789012345678901234567890123456789012345678901234567890123",
                                 "last words"});
}

TEST_CASE(
    "child: writing to one that has closed its input raises no signal and is refused in the end") {
  const auto child = started(
      shell("exec <&-; echo closed; trap 'exit 3' TERM; while :; do sleep 600 & wait; done"));
  CHECK(read_line(*child) == "closed");
  CHECK(child->queue_input("nobody reads this\n"));
  std::string none;
  const auto now = system_clock().steady();
  CHECK(child->wait_output(now + milliseconds(100), none) == ChildProcess::Event::kDeadline);
  CHECK_FALSE(child->queue_input("nor this\n"));
  const Ending ending =
      child->end(Grace{.after_input_end = milliseconds(0), .after_sigterm = seconds(10)});
  CHECK(ending.by == EndedBy::kSigterm);
  CHECK(ending.status == ExitStatus{.code = 3, .signal = 0});
}

TEST_CASE("child: one that does not read is not given more than the limit") {
  const auto child = started(shell("exec sleep 600"));
  const std::string block(1U << 20U, 'x');
  for (int i = 0; i < 4; ++i) {
    CHECK(child->queue_input(block));
  }
  CHECK_FALSE(child->queue_input("x"));
  CHECK(child->end(kShort).by == EndedBy::kSigterm);
}

TEST_CASE("child: one that ignores the end of its input and SIGTERM is killed") {
  const auto child = started(shell("trap '' TERM; echo ready; while :; do sleep 600; done"));
  CHECK(read_line(*child) == "ready");
  const pid_t pid = child->pid();
  const Ending ending = child->end(kShort);
  CHECK(ending.by == EndedBy::kSigkill);
  CHECK_FALSE(ending.status.has_value());
  CHECK_FALSE(is_alive(pid));
}

TEST_CASE(
    "child: a grandchild in a session of its own, whose parent is gone, is found and killed") {
  const auto child =
      started(shell("setsid sh -c 'trap \"\" TERM HUP; echo $$; exec >&- 2>&-; while :; do sleep "
                    "600; done' & wait"));
  const pid_t grandchild = std::stoi(read_line(*child));
  const Ending ending = child->end(kShort);
  CHECK(ending.by == EndedBy::kSigterm);
  CHECK_FALSE(is_alive(grandchild));
}

TEST_CASE("child: one that ended and left a daemon is reported as such") {
  const auto child = started(shell("setsid sleep 600 & echo $!"));
  const pid_t daemon = std::stoi(read_line(*child));
  // The daemon holds the output open; that the child has ended is enough to stop waiting.
  CHECK(read_to_end(*child).empty());
  const Ending ending = child->end(kShort);
  CHECK(ending.by == EndedBy::kItself);
  CHECK(ending.status == ExitStatus{.code = 0, .signal = 0});
  CHECK(ending.outlived == 1);
  CHECK_FALSE(is_alive(daemon));
}

TEST_CASE("child: the destructor leaves nobody, and no zombie") {
  pid_t pid = -1;
  {
    const auto child = started(shell("trap '' TERM; sleep 600"));
    pid = child->pid();
  }
  CHECK_FALSE(is_alive(pid));
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}

TEST_CASE("child: when the starting program is killed, the keeper ends everything") {
  int ends[2];
  REQUIRE(::pipe(&ends[0]) == 0);
  const pid_t middle = ::fork();
  if (middle == 0) {  // stands for a merlon that is killed with SIGKILL
    ::close(ends[0]);
    auto child = ChildProcess::start(shell("trap '' TERM HUP; setsid sleep 600 & echo $!; wait"),
                                     system_clock());
    if (!child) {
      ::_exit(1);
    }
    const std::string line = read_line(**child) + "\n";
    const ssize_t put = ::write(ends[1], line.data(), line.size());
    ::kill(::getpid(), SIGKILL);
    ::_exit(put > 0 ? 0 : 1);
  }
  ::close(ends[1]);
  char line[32]{};
  REQUIRE(::read(ends[0], &line[0], sizeof line - 1) > 0);
  REQUIRE(::waitpid(middle, nullptr, 0) == middle);
  const pid_t grandchild = std::stoi(&line[0]);
  // The keeper holds no descriptor of ours that would say when it is done: ask for the process
  // until it is gone.
  const auto deadline = system_clock().steady() + kPatience;
  while (is_alive(grandchild) && system_clock().steady() < deadline) {
    ::usleep(5000);
  }
  CHECK_FALSE(is_alive(grandchild));
  ::close(ends[0]);
}

TEST_CASE(
    "environment: default names and named ones that are set, sorted; shell functions left out") {
  const VariableLookup lookup = [](std::string_view name) -> std::optional<std::string> {
    if (name == "PATH") {
      return "/bin";
    }
    if (name == "HOME") {
      return "/home/ann";
    }
    if (name == "TERM") {
      return "() { :; }";
    }
    if (name == "API_KEY") {
      return "k";
    }
    if (name == "AWS_SECRET_ACCESS_KEY") {
      return "never";
    }
    return std::nullopt;
  };
  const std::vector<std::string> extra{"API_KEY", "NOT_SET"};
  CHECK(
      allowed_environment(lookup, extra) ==
      std::vector<EnvironmentVariable>{{"API_KEY", "k"}, {"HOME", "/home/ann"}, {"PATH", "/bin"}});
}

TEST_CASE("output tail: bounded, says that something was lost") {
  OutputTail tail(18);
  for (int i = 0; i < 1000; ++i) {
    tail.append("0123456789\n");
  }
  tail.append("end\n");
  CHECK(tail.total() == 11004);
  CHECK(tail.last_lines(10) == std::vector<std::string>{"…89", "0123456789", "end"});
  OutputTail small(16);
  small.append("a\n\nb");
  CHECK(small.last_lines(1) == std::vector<std::string>{"b"});
  CHECK(small.last_lines(5) == std::vector<std::string>{"a", "b"});
}
