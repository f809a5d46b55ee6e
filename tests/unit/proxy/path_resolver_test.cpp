#include "proxy/path_resolver.h"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary_folder.h"

namespace merlon {
namespace {

namespace fs = std::filesystem;

/// A project with a secret beside it:
///   root/project/{file,docs/deep/}  root/secret/key
///   project/link -> ../secret   project/abs -> root/secret   project/loop -> loop2 -> loop
struct PathTestWorld {
  test::TemporaryFolder root;
  PathWorld world{.folder = root.path("project"), .home = root.path("home")};

  PathTestWorld() {
    fs::create_directories(root.path("project/docs/deep"));
    fs::create_directories(root.path("secret"));
    fs::create_directories(root.path("home"));
    std::ofstream(root.path("project/file")) << "x";
    std::ofstream(root.path("secret/key")) << "x";
    fs::create_symlink("../secret", root.path("project/link"));
    fs::create_symlink(root.path("secret"), root.path("project/abs"));
    fs::create_symlink("loop2", root.path("project/loop"));
    fs::create_symlink("loop", root.path("project/loop2"));
    fs::create_symlink("../nowhere/x", root.path("project/dangling"));
  }

  [[nodiscard]] Fact ask(const std::string& what) const { return resolve_path(what, world); }
  [[nodiscard]] Fact known(const std::string& what, const std::string& path) const {
    return {.need = {.kind = NeedKind::kPath, .what = what},
            .state = FactState::kKnown,
            .values = {path}};
  }
  [[nodiscard]] static Fact without(const std::string& what, FactState state) {
    return {.need = {.kind = NeedKind::kPath, .what = what}, .state = state, .values = {}};
  }
};

TEST_CASE("paths: relative ones begin in the server's folder, `~` in its user's home") {
  const PathTestWorld test;
  CHECK(test.ask("file") == test.known("file", test.root.path("project/file")));
  CHECK(test.ask("./docs//deep/") ==
        test.known("./docs//deep/", test.root.path("project/docs/deep")));
  CHECK(test.ask("") == test.known("", test.root.path("project")));
  CHECK(test.ask("/") == test.known("/", "/"));
  CHECK(test.ask("/../..") == test.known("/../..", "/"));
  CHECK(test.ask("~") == test.known("~", test.root.path("home")));
  CHECK(test.ask("~/x") == test.known("~/x", test.root.path("home/x")));
  CHECK(test.ask("a~") == test.known("a~", test.root.path("project/a~")));
  CHECK(test.ask("~no-such-user-here/x") ==
        test.known("~no-such-user-here/x", test.root.path("project/~no-such-user-here/x")));
}

TEST_CASE("paths: links are followed before `..` is taken") {
  const PathTestWorld test;
  CHECK(test.ask("link/key") == test.known("link/key", test.root.path("secret/key")));
  CHECK(test.ask("abs/key") == test.known("abs/key", test.root.path("secret/key")));
  CHECK(test.ask("link/../file") == test.known("link/../file", test.root.path("file")));
  CHECK(test.ask("link/../project/file") ==
        test.known("link/../project/file", test.root.path("project/file")));
}

TEST_CASE("paths: of what does not exist the nearest parent is real, the rest is folded text") {
  const PathTestWorld test;
  CHECK(test.ask("link/new/file") ==
        test.known("link/new/file", test.root.path("secret/new/file")));
  CHECK(test.ask("new/./a/../b") == test.known("new/./a/../b", test.root.path("project/new/b")));
  CHECK(test.ask("file/below") == test.known("file/below", test.root.path("project/file/below")));
  CHECK(test.ask("dangling/y") == test.known("dangling/y", test.root.path("nowhere/x/y")));
}

TEST_CASE("paths: a part that does not exist cannot hide a link behind it") {
  // A program that folds the text before it opens the file reads the secret.
  const PathTestWorld test;
  CHECK(test.ask("new/../link/key") == test.known("new/../link/key", test.root.path("secret/key")));
  CHECK(test.ask("new/a/../../abs/key") ==
        test.known("new/a/../../abs/key", test.root.path("secret/key")));
}

TEST_CASE("paths: file URLs are the path in them") {
  const PathTestWorld test;
  const std::string url = "file://" + test.root.path("project/li%6ek/key");
  CHECK(test.ask(url) == test.known(url, test.root.path("secret/key")));
  const std::string host = "FILE://localhost" + test.root.path("project/link/key?x#y");
  CHECK(test.ask(host) == test.known(host, test.root.path("secret/key")));
  CHECK(test.ask("file:///a%00b") == test.without("file:///a%00b", FactState::kAbsent));
}

TEST_CASE("paths: what cannot be a path does not exist") {
  const PathTestWorld test;
  const std::string nul("a\0b", 3);
  CHECK(test.ask(nul) == test.without(nul, FactState::kAbsent));
}

TEST_CASE("paths: what could not be found out is said so") {
  const PathTestWorld test;
  CHECK(test.ask("loop/x") == test.without("loop/x", FactState::kFailed));
  const std::string long_part(300, 'a');
  CHECK(test.ask(long_part) == test.without(long_part, FactState::kFailed));
  const std::string long_path(kMostPathBytes + 1, 'a');
  CHECK(test.ask(long_path) == test.without(long_path, FactState::kFailed));
  std::string steps;
  while (steps.size() + 2 <= kMostPathBytes) {
    steps += "a/";
  }
  CHECK(test.ask(steps + "a").state == FactState::kFailed);
}

TEST_CASE("paths: other files for us than for the server are not looked up") {
  const PathTestWorld test;
  for (const std::string path : {"/proc/self", "/proc/self/cwd/x", "/proc/thread-self/root/etc",
                                 "/dev/stdin", "/dev/fd/3", "/proc/../proc/self/fd/0"}) {
    CAPTURE(path);
    CHECK(test.ask(path) == test.without(path, FactState::kFailed));
  }
}

TEST_CASE("paths: without a home or a folder nothing is made up") {
  CHECK(resolve_path("~/x", {.folder = "/", .home = ""}).state == FactState::kFailed);
  CHECK(resolve_path("x", {.folder = "", .home = "/"}).state == FactState::kFailed);
  CHECK(resolve_path("/", {.folder = "", .home = ""}).state == FactState::kKnown);
}

TEST_CASE("paths: 40 links in a row are followed, 41 are not, as by the kernel") {
  const PathTestWorld test;
  for (int i = 0; i < 41; ++i) {
    fs::create_symlink(i == 0 ? "file" : "s" + std::to_string(i - 1),
                       test.root.path("project/s" + std::to_string(i)));
  }
  CHECK(test.ask("s39") == test.known("s39", test.root.path("project/file")));
  CHECK(test.ask("s40") == test.without("s40", FactState::kFailed));
  CHECK(::access(test.root.path("project/s39").c_str(), R_OK) == 0);
  CHECK(::access(test.root.path("project/s40").c_str(), R_OK) != 0);
}

TEST_CASE("paths: a folder that may not be searched is not guessed about") {
  const PathTestWorld test;
  fs::create_directories(test.root.path("closed/in"));
  REQUIRE(::chmod(test.root.path("closed").c_str(), 0) == 0);
  REQUIRE(::chmod(test.root.path().c_str(), 0755) == 0);
  // The administrator may search every folder: somebody else has to try.
  const pid_t child = ::fork();
  if (child == 0) {
    const bool other = ::getuid() != 0 || ::setuid(65534) == 0;
    const bool failed = test.ask(test.root.path("closed/in/x")) ==
                        test.without(test.root.path("closed/in/x"), FactState::kFailed);
    const bool folder_itself = test.ask(test.root.path("closed")).state == FactState::kKnown;
    ::_exit(other && failed && folder_itself ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  REQUIRE(::chmod(test.root.path("closed").c_str(), 0700) == 0);
}

}  // namespace
}  // namespace merlon
