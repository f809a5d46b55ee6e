/// `merlon scan` starts no program and no process, opens no socket and changes no file: the real
/// program runs under a filter of system calls that kills it on the first try, over every
/// registered manifest format with every registered output format. A new row of either registry is
/// run by itself.
#include "base/sandbox/inert.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox/path_rules.h"
#include "manifest/format.h"
#include "report/writer.h"

using namespace merlon;

namespace {

constexpr int kNotStarted = 250;

struct Outcome {
  int code{-1};  ///< exit code; -1 when it was killed
  int signal{0};
  std::string out;
  std::string err;
};

// The line that scripts/run_tests.py counts as "not run".
bool can_filter() {
  if (has_seccomp()) {
    return true;
  }
  std::cout << "not-run: inert: this kernel has no seccomp filters that kill a process\n";
  return false;
}

std::string drain(int fd) {
  std::string bytes;
  std::array<char, 65536> buffer{};
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return bytes;
    }
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

// Standard error goes to a file without a name, so that two pipes cannot block each other.
Outcome run_child(const std::function<void()>& body) {
  std::array<int, 2> out{};
  REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
  const int errors = ::memfd_create("stderr", MFD_CLOEXEC);
  REQUIRE(errors >= 0);
  std::cout.flush();
  const pid_t pid = ::fork();
  REQUIRE(pid >= 0);
  if (pid == 0) {
    ::dup2(out[1], STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    body();
    ::_exit(kNotStarted);
  }
  ::close(out[1]);
  Outcome outcome;
  outcome.out = drain(out[0]);
  ::close(out[0]);
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ::lseek(errors, 0, SEEK_SET);
  outcome.err = drain(errors);
  ::close(errors);
  return outcome;
}

struct Rules {
  FileChanges changes{FileChanges::kKill};
  std::vector<std::string> folders;  ///< with kAllow: Landlock lets changes happen below these
  std::string input;                 ///< this file is standard input; empty: ours
};

void give_up_rights(const Rules& rules, const char* program) {
  if (!rules.input.empty()) {
    const int fd = ::open(rules.input.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0 || ::dup2(fd, STDIN_FILENO) < 0) {
      ::_exit(kNotStarted);
    }
  }
  if (rules.changes == FileChanges::kAllow && !allow_changes_only_below(rules.folders)) {
    ::_exit(kNotStarted);
  }
  if (!make_inert_filter({.changes = rules.changes, .only_program = program}).install()) {
    ::_exit(kNotStarted);
  }
}

Outcome run_inert(const std::string& program, std::vector<std::string> args,
                  const Rules& rules = {}) {
  args.insert(args.begin(), program);
  std::vector<char*> argv;
  argv.reserve(args.size() + 1);
  for (std::string& arg : args) {
    argv.push_back(arg.data());
  }
  argv.push_back(nullptr);
  // LeakSanitizer stops the world with a second process; everything else of the sanitizers is
  // inert.
  std::array<std::string, 3> settings{"ASAN_OPTIONS=detect_leaks=0", "HOME=/nonexistent",
                                      "LC_ALL=C"};
  const std::array<char*, 4> environment{settings[0].data(), settings[1].data(), settings[2].data(),
                                         nullptr};
  return run_child([&] {
    give_up_rights(rules, program.c_str());
    ::execve(program.c_str(), argv.data(), environment.data());
  });
}

Outcome try_inert(const std::function<void()>& body, const Rules& rules = {}) {
  return run_child([&] {
    give_up_rights(rules, nullptr);
    body();
    ::_exit(0);
  });
}

std::string merlon_program() {
  return std::string(MERLON_BINARY_DIR) + "/merlon";
}

// testdata/manifests/<format>/real.*
std::string real_file(std::string_view format) {
  const std::filesystem::path folder =
      std::string(MERLON_SOURCE_DIR) + "/testdata/manifests/" + std::string(format);
  std::error_code error;
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().stem() == "real" && entry.path().extension() != ".expect") {
      found.push_back(entry.path().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? "" : found.front();
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "merlon-inert-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

bool is_answer(int code) {
  return code == 0 || code == 1 || code == 3;
}

}  // namespace

TEST_CASE("inert filter: each thing that a scan must not do kills") {
  if (!can_filter()) {
    return;
  }
  static const std::string file = "/tmp/merlon-inert-control";
  struct Control {
    const char* name;
    std::function<void()> body;
  };
  const std::vector<Control> controls{
      {"socket", [] { ::syscall(SYS_socket, 1, 1, 0); }},
      {"connect", [] { ::syscall(SYS_connect, 0, nullptr, 0); }},
      {"execve", [] { ::execl("/bin/true", "true", nullptr); }},
      {"execveat", [] { ::syscall(SYS_execveat, -100, "/bin/true", nullptr, nullptr, 0); }},
      {"fork", [] { ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr); }},
      {"fork of the C library",
       [] {
         if (::fork() == 0) {
           ::_exit(0);
         }
       }},
      {"open for writing", [] { ::open("/dev/null", O_WRONLY | O_CLOEXEC); }},
      {"open for reading and writing", [] { ::open("/dev/null", O_RDWR | O_CLOEXEC); }},
      {"create", [] { ::open(file.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600); }},
      {"openat2", [] { ::syscall(SYS_openat2, -100, "/dev/null", nullptr, 0); }},
      {"rename", [] { ::syscall(SYS_renameat2, -100, file.c_str(), -100, file.c_str(), 0); }},
      {"remove", [] { ::unlink(file.c_str()); }},
      {"mkdir", [] { ::syscall(SYS_mkdirat, -100, file.c_str(), 0700); }},
      {"chmod", [] { ::fchmod(0, 0600); }},
      {"io_uring", [] { ::syscall(SYS_io_uring_setup, 1, nullptr); }},
      {"ptrace", [] { ::syscall(SYS_ptrace, 0, 0, 0, 0); }},
  };
  for (const Control& control : controls) {
    CAPTURE(control.name);
    CHECK(try_inert(control.body).signal == SIGSYS);
  }
}

TEST_CASE("inert filter: reading, threads and open descriptors stay") {
  if (!can_filter()) {
    return;
  }
  const Outcome outcome = try_inert([] {
    const int fd = ::open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      ::_exit(1);
    }
    int seen = 0;
    std::thread([&seen] { seen = 7; }).join();
    if (seen != 7 || ::write(STDOUT_FILENO, "read", 4) != 4) {
      ::_exit(2);
    }
  });
  CHECK(outcome.signal == 0);
  CHECK(outcome.code == 0);
  CHECK(outcome.out == "read");
}

TEST_CASE("inert filter: a program that was started under it is held by it") {
  if (!can_filter()) {
    return;
  }
  const Outcome calm = run_inert("/bin/sh", {"-c", "echo calm"});
  CHECK(calm.signal == 0);
  CHECK(calm.out == "calm\n");
  CHECK(run_inert("/bin/sh", {"-c", "echo text > /dev/null"}).signal == SIGSYS);
  CHECK(run_inert("/bin/sh", {"-c", "/bin/true; true"}).signal == SIGSYS);
  CHECK(run_inert("/bin/sh", {"-c", "exec /bin/true"}).signal == SIGSYS);
}

TEST_CASE("inert: scan under the filter, every manifest format with every output format") {
  if (!can_filter()) {
    return;
  }
  REQUIRE(std::filesystem::exists(merlon_program()));
  REQUIRE_FALSE(manifest_formats().empty());
  REQUIRE_FALSE(writer_kinds().empty());
  for (const ManifestFormat& format : manifest_formats()) {
    const std::string file = real_file(format.name);
    const std::string format_name(format.name);
    CAPTURE(format_name);
    CHECK_MESSAGE(!file.empty(), "testdata/manifests/", format_name, "/real.* is missing");
    if (file.empty()) {
      continue;
    }
    for (const WriterKind& writer : writer_kinds()) {
      const std::string writer_name(writer.name);
      CAPTURE(writer_name);
      const Outcome outcome = run_inert(merlon_program(), {"scan", "--format", writer_name, file});
      CAPTURE(outcome.err);
      CHECK(outcome.signal == 0);
      CHECK(is_answer(outcome.code));
      CHECK_FALSE(outcome.out.empty());
    }
  }
}

TEST_CASE("inert: standard input") {
  if (!can_filter()) {
    return;
  }
  const std::string file = real_file("tools-list");
  const Outcome outcome =
      run_inert(merlon_program(), {"scan", "--format", "json", "-"}, {.input = file});
  CAPTURE(outcome.err);
  CHECK(outcome.signal == 0);
  CHECK(is_answer(outcome.code));
  CHECK(outcome.out.find("\"file\": \"-\"") != std::string::npos);
}

TEST_CASE("inert: a git repository is read without git, for a revision and for what is new since") {
  if (!can_filter()) {
    return;
  }
  const TemporaryFolder folder;
  std::filesystem::copy_file(real_file("tools-list"), folder.path() + "/tools.json");
  const std::string git = "git -C " + folder.path() + " -c user.name=a -c user.email=a@b ";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread runs the cases
  const int made = std::system(
      (git + "init -q && " + git + "add tools.json && " + git + "commit -q -m one --no-gpg-sign")
          .c_str());
  REQUIRE(made == 0);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"scan", "--format", "json", "--git", folder.path()},
        std::vector<std::string>{"scan", "--format", "json", "--git", folder.path(), "--rev",
                                 "HEAD", "--since", "HEAD", "tools.json"},
        std::vector<std::string>{"scan", "--format", "json", "--since", "HEAD", folder.path()}}) {
    const Outcome outcome = run_inert(merlon_program(), words);
    CAPTURE(outcome.err);
    CHECK(outcome.signal == 0);
    CHECK(is_answer(outcome.code));
    CHECK(outcome.out.find("tools.json") != std::string::npos);
  }
}

TEST_CASE("inert: a whole folder with eight threads") {
  if (!can_filter()) {
    return;
  }
  const std::string folder = std::string(MERLON_SOURCE_DIR) + "/testdata/manifests";
  const Outcome outcome =
      run_inert(merlon_program(), {"scan", "--jobs", "8", "--format", "json", folder});
  CAPTURE(outcome.err);
  CHECK(outcome.signal == 0);
  CHECK(is_answer(outcome.code));
}

TEST_CASE("inert: files are written in the folder of the output and nowhere else") {
  if (!can_filter()) {
    return;
  }
  if (landlock_version() == 0) {
    std::cout << "not-run: inert-outputs: this kernel has no Landlock\n";
    return;
  }
  const TemporaryFolder allowed;
  const TemporaryFolder other;
  const Rules rules{.changes = FileChanges::kAllow, .folders = {allowed.path()}};
  SUBCASE("the control: another folder is refused") {
    const std::string file = other.path() + "/x";
    CHECK(run_inert("/bin/sh", {"-c", "echo text > " + file}, rules).code != 0);
    CHECK_FALSE(std::filesystem::exists(file));
    CHECK(run_inert("/bin/sh", {"-c", "echo text > " + allowed.path() + "/x"}, rules).code == 0);
    CHECK(std::filesystem::exists(allowed.path() + "/x"));
  }
  SUBCASE("every output format") {
    const std::string input = real_file(manifest_formats().front().name);
    for (const WriterKind& writer : writer_kinds()) {
      const std::string name(writer.name);
      CAPTURE(name);
      const std::string file = allowed.path() + "/" + name;
      const Outcome outcome =
          run_inert(merlon_program(), {"scan", "--format", name, "--output", file, input}, rules);
      CAPTURE(outcome.err);
      CHECK(outcome.signal == 0);
      CHECK(is_answer(outcome.code));
      CHECK(std::filesystem::exists(file));
      // What is left is the output alone, no half-written file beside it.
      CHECK(run_inert(merlon_program(),
                      {"scan", "--format", name, "--output", other.path() + "/" + name, input},
                      rules)
                .code == 4);
    }
    const auto count = std::distance(std::filesystem::directory_iterator(allowed.path()), {});
    CHECK(count == static_cast<std::ptrdiff_t>(writer_kinds().size()));
    CHECK(std::filesystem::is_empty(other.path()));
  }
  SUBCASE("a lock and a baseline, compared again with what was written") {
    const std::string input = real_file("merlon-snapshot");
    const std::string lock = allowed.path() + "/merlon.lock";
    const std::string baseline = allowed.path() + "/baseline.json";
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"scan", "--write-lock", lock, input},
          std::vector<std::string>{"scan", "--lock", lock, "--write-lock", lock, input},
          std::vector<std::string>{"scan", "--write-baseline", baseline, "--owner", "a", "--reason",
                                   "b", "--expires", "2099-01-01", input},
          std::vector<std::string>{"scan", "--baseline", baseline, input}}) {
      const Outcome outcome = run_inert(merlon_program(), words, rules);
      CAPTURE(outcome.err);
      CHECK(outcome.signal == 0);
      CHECK_MESSAGE((outcome.code == 0 || outcome.code == 1), outcome.err);
    }
    CHECK(std::filesystem::exists(lock));
    CHECK(std::filesystem::exists(baseline));
    CHECK(std::filesystem::is_empty(other.path()));
  }
}

TEST_CASE("inert: attestations are verified without a socket, a program or a change of a file") {
  if (!can_filter()) {
    return;
  }
  const std::string folder = std::string(MERLON_SOURCE_DIR) + "/testdata/attest/";
  const std::string key = folder + "key.pub";
  const std::string now = "2026-11-22T00:00:02Z";
  struct Verified {
    std::vector<std::string> words;
    int code{0};
  };
  for (const Verified& each :
       {Verified{.words = {"attest", "verify", folder + "snapshot.json", "--attestation",
                           folder + "surface.att", "--key", key, "--now", now}},
        Verified{.words = {"attest", "verify", folder + "snapshot.json", "--attestation",
                           folder + "verdict.svr", "--verdict", "--key", key, "--now", now}},
        // A check that says yes remembers the answer; one that says no changes nothing.
        Verified{.words = {"attest", "check", folder + "evidence.json", "--challenge",
                           folder + "challenge.json", "--origin", "somebody.else", "--key", key,
                           "--now", now},
                 .code = 1}}) {
    const Outcome outcome = run_inert(merlon_program(), each.words);
    CAPTURE(outcome.out);
    CAPTURE(outcome.err);
    CHECK(outcome.signal == 0);
    CHECK(outcome.code == each.code);
  }
}
