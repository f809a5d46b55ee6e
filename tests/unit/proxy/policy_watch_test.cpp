#include "proxy/policy_watch.h"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <poll.h>

#include "support/temporary_folder.h"

using merlon::PolicyWatch;
using std::chrono::milliseconds;

namespace {

class WatchClock final : public merlon::Clock {
 public:
  std::chrono::system_clock::time_point now() const override { return {}; }
  std::chrono::steady_clock::time_point steady() const override { return at; }
  std::chrono::steady_clock::time_point at;
};

void write_watched(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::trunc) << text;
}

/// What the kernel has to say is there when the call that caused it returns.
bool hears(PolicyWatch& watch) {
  pollfd ready{.fd = watch.fd(), .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, 0) <= 0) {
    return false;
  }
  watch.hear();
  return watch.due().has_value();
}

}  // namespace

TEST_CASE("policy watch: a write and a rename over the file are told once, when it is quiet") {
  const merlon::test::TemporaryFolder folder;
  const std::string path = folder.path("p.toml");
  write_watched(path, "a");
  WatchClock clock;
  PolicyWatch watch(clock);
  watch.follow({path});
  REQUIRE(watch.works());
  CHECK_FALSE(hears(watch));
  write_watched(path, "b");
  CHECK(hears(watch));
  CHECK_FALSE(watch.take());
  clock.at += PolicyWatch::kQuiet - milliseconds(1);
  write_watched(folder.path("p.new"), "c");
  std::filesystem::rename(folder.path("p.new"), path);
  CHECK(hears(watch));
  clock.at += milliseconds(1);
  CHECK_FALSE(watch.take());
  clock.at += PolicyWatch::kQuiet;
  CHECK(watch.take());
  CHECK_FALSE(watch.take());
  // And after the rename: it is the name that is followed.
  write_watched(path, "d");
  CHECK(hears(watch));
}

TEST_CASE("policy watch: who writes without end is not waited for without end") {
  const merlon::test::TemporaryFolder folder;
  const std::string path = folder.path("p.toml");
  WatchClock clock;
  PolicyWatch watch(clock);
  watch.follow({path});
  int writes = 0;
  for (; writes < 1000 && !watch.take(); ++writes) {
    write_watched(path, std::to_string(writes));
    REQUIRE(hears(watch));
    clock.at += milliseconds(20);
  }
  CHECK(writes == PolicyWatch::kMostDelay / milliseconds(20));
}

TEST_CASE("policy watch: other files of the folder are nobody's business") {
  const merlon::test::TemporaryFolder folder;
  WatchClock clock;
  PolicyWatch watch(clock);
  watch.follow({folder.path("p.toml")});
  write_watched(folder.path("other.toml"), "x");
  CHECK_FALSE(hears(watch));
}

TEST_CASE("policy watch: a file behind a link, and a folder that is not there yet") {
  const merlon::test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("real"));
  write_watched(folder.path("real/p.toml"), "a");
  std::filesystem::create_symlink(folder.path("real/p.toml"), folder.path("link.toml"));
  WatchClock clock;
  PolicyWatch watch(clock);
  watch.follow({folder.path("link.toml"), folder.path("later/deep/q.toml")});
  write_watched(folder.path("real/p.toml"), "b");
  CHECK(hears(watch));
  clock.at += PolicyWatch::kQuiet;
  CHECK(watch.take());
  std::filesystem::create_directory(folder.path("later"));
  CHECK(hears(watch));
  std::filesystem::create_directory(folder.path("later/deep"));
  CHECK(hears(watch));
  write_watched(folder.path("later/deep/q.toml"), "c");
  CHECK(hears(watch));
}

TEST_CASE("policy watch: nothing to follow is nothing to poll") {
  WatchClock clock;
  PolicyWatch watch(clock);
  CHECK(watch.fd() == -1);
  watch.follow({});
  CHECK_FALSE(watch.works());
  CHECK_FALSE(watch.due());
}

TEST_CASE("policy watch: to follow the same files again loses nothing that was told") {
  const merlon::test::TemporaryFolder folder;
  const std::string path = folder.path("p.toml");
  write_watched(path, "a");
  WatchClock clock;
  PolicyWatch watch(clock);
  watch.follow({path});
  write_watched(path, "b");
  watch.follow({path});
  CHECK(hears(watch));
  clock.at += PolicyWatch::kQuiet;
  CHECK(watch.take());
  // Of other files something may have been missed.
  watch.follow({path, folder.path("q.toml")});
  clock.at += PolicyWatch::kQuiet;
  CHECK(watch.take());
  watch.suspect();
  clock.at += PolicyWatch::kQuiet;
  CHECK(watch.take());
}

TEST_CASE("policy watch: a link that leads elsewhere is followed there") {
  const merlon::test::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path("one"));
  std::filesystem::create_directories(folder.path("two"));
  write_watched(folder.path("one/p.toml"), "a");
  write_watched(folder.path("two/p.toml"), "b");
  const std::string link = folder.path("p.toml");
  std::filesystem::create_symlink(folder.path("one/p.toml"), link);
  WatchClock clock;
  PolicyWatch watch(clock);
  watch.follow({link});
  std::filesystem::create_symlink(folder.path("two/p.toml"), folder.path("p.new"));
  std::filesystem::rename(folder.path("p.new"), link);
  CHECK(hears(watch));
  watch.follow({link});
  clock.at += PolicyWatch::kQuiet;
  CHECK(watch.take());
  write_watched(folder.path("two/p.toml"), "c");
  CHECK(hears(watch));
}
