#include "proxy/fact_finder.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <doctest/doctest.h>
#include <poll.h>

#include "support/temporary_folder.h"

namespace merlon {
namespace {

using std::chrono::milliseconds;

/// Stands still until it is moved.
class StillClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override { return {}; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return now_; }
  void move(milliseconds by) { now_ += by; }

 private:
  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
};

/// A world in which every look-up hangs until it is let go. Outlives the finder's threads.
class StuckWorld {
 public:
  [[nodiscard]] FactResolver resolver() {
    return [this](const Need& need) {
      std::unique_lock lock(mutex_);
      ++inside_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return open_; });
      --inside_;
      changed_.notify_all();
      return Fact{.need = need, .state = FactState::kKnown, .values = {"late"}};
    };
  }
  ~StuckWorld() {
    std::unique_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return inside_ == 0; });
  }
  StuckWorld() = default;
  StuckWorld(const StuckWorld&) = delete;
  StuckWorld& operator=(const StuckWorld&) = delete;
  void wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return inside_ == count; });
  }
  void let_go() {
    std::unique_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return inside_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_{0};
  bool open_{false};
};

bool wait_ready(const FactFinder& finder) {
  pollfd one{.fd = finder.ready_fd(), .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 60'000) == 1;
}

/// Waits as the proxy's loop does until `count` answers are there.
std::vector<Answered> gather(FactFinder& finder, std::size_t count) {
  std::vector<Answered> out;
  while (out.size() < count) {
    REQUIRE(wait_ready(finder));
    for (Answered& one : finder.take()) {
      out.push_back(std::move(one));
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Answered& a, const Answered& b) { return a.ticket < b.ticket; });
  return out;
}

Need path_need(const std::string& what) {
  return {.kind = NeedKind::kPath, .what = what};
}
Answered unanswered(std::uint64_t ticket, Need need, FactState state) {
  return {.ticket = ticket, .fact = {.need = std::move(need), .state = state, .values = {}}};
}

TEST_CASE("facts: paths and hosts of the real world are answered, each once") {
  const test::TemporaryFolder root;
  FactFinder finder({.folder = root.path(), .home = "/"});
  finder.ask(1, path_need("a/../b"));
  finder.ask(2, {.kind = NeedKind::kHost, .what = "127.0.0.1"});
  finder.ask(3, path_need("~"));
  const std::vector<Answered> expected{
      {.ticket = 1,
       .fact = {.need = path_need("a/../b"),
                .state = FactState::kKnown,
                .values = {root.path("b")}}},
      {.ticket = 2,
       .fact = {.need = {.kind = NeedKind::kHost, .what = "127.0.0.1"},
                .state = FactState::kKnown,
                .values = {"127.0.0.1"}}},
      {.ticket = 3, .fact = {.need = path_need("~"), .state = FactState::kKnown, .values = {"/"}}},
  };
  CHECK(gather(finder, 3) == expected);
  CHECK(finder.take().empty());
}

TEST_CASE("facts: what is not found out here fails at once") {
  FactFinder finder({.folder = "/", .home = "/"});
  finder.ask(1, {.kind = NeedKind::kHook, .what = "x"});
  finder.ask(2, {.kind = NeedKind::kToolList, .what = ""});
  const std::vector<Answered> expected{
      unanswered(1, {.kind = NeedKind::kHook, .what = "x"}, FactState::kFailed),
      unanswered(2, {.kind = NeedKind::kToolList, .what = ""}, FactState::kFailed)};
  CHECK(finder.take() == expected);
}

TEST_CASE("facts: a look-up that hangs is answered in time, and its late answer is nobody's") {
  StuckWorld world;
  StillClock clock;
  FactFinder finder({.threads = 1}, world.resolver(), clock);
  finder.ask(7, path_need("/nfs"));
  world.wait_for(1);
  clock.move(milliseconds(99));
  CHECK(finder.take().empty());
  clock.move(milliseconds(1));
  CHECK(finder.take() == std::vector{unanswered(7, path_need("/nfs"), FactState::kTimeout)});
  CHECK(finder.left_running() == 1);
  world.let_go();
  finder.ask(8, path_need("/x"));
  const auto answers = gather(finder, 1);
  CHECK(answers[0].ticket == 8);
  CHECK(finder.take().empty());
}

TEST_CASE("facts: the time in the queue counts, and the kinds have times of their own") {
  StuckWorld world;
  StillClock clock;
  FactFinder finder({.threads = 1, .left = 0}, world.resolver(), clock);
  const Need host{.kind = NeedKind::kHost, .what = "a.example"};
  finder.ask(1, host);
  world.wait_for(1);
  clock.move(milliseconds(1999));
  CHECK(finder.take().empty());
  clock.move(milliseconds(1));
  CHECK(finder.take() == std::vector{unanswered(1, host, FactState::kTimeout)});
}

TEST_CASE("facts: who waits behind a look-up that hangs gets another thread") {
  StuckWorld world;
  StillClock clock;
  FactFinder finder({.path_time = milliseconds(100), .threads = 1, .left = 1}, world.resolver(),
                    clock);
  finder.ask(1, path_need("/a"));
  world.wait_for(1);
  clock.move(milliseconds(50));
  finder.ask(2, path_need("/b"));
  clock.move(milliseconds(50));
  CHECK(finder.take() == std::vector{unanswered(1, path_need("/a"), FactState::kTimeout)});
  world.wait_for(2);  // the second look-up has begun on a new thread
  clock.move(milliseconds(50));
  CHECK(finder.take() == std::vector{unanswered(2, path_need("/b"), FactState::kTimeout)});
  CHECK(finder.left_running() == 1);
}

TEST_CASE("facts: threads that hang are bounded, after that needs fail at once") {
  StuckWorld world;
  StillClock clock;
  FactFinder finder({.threads = 1, .left = 2}, world.resolver(), clock);
  for (std::uint64_t ticket = 1; ticket <= 3; ++ticket) {
    finder.ask(ticket, path_need("/nfs"));
    world.wait_for(ticket);
    clock.move(milliseconds(100));
    CHECK(finder.take() == std::vector{unanswered(ticket, path_need("/nfs"), FactState::kTimeout)});
  }
  CHECK(finder.left_running() == 2);
  finder.ask(4, path_need("/nfs"));
  CHECK(finder.take() == std::vector{unanswered(4, path_need("/nfs"), FactState::kFailed)});
}

TEST_CASE("facts: a full queue fails at once") {
  StuckWorld world;
  StillClock clock;
  FactFinder finder({.threads = 1, .left = 8, .queue = 2}, world.resolver(), clock);
  finder.ask(1, path_need("/a"));
  world.wait_for(1);
  finder.ask(2, path_need("/b"));
  finder.ask(3, path_need("/c"));
  finder.ask(4, path_need("/d"));
  CHECK(finder.take() == std::vector{unanswered(4, path_need("/d"), FactState::kFailed)});
}

TEST_CASE("facts: the descriptor wakes the loop when a time is over") {
  StuckWorld world;
  FactFinder finder({.path_time = milliseconds(1)}, world.resolver());
  finder.ask(1, path_need("/nfs"));
  world.wait_for(1);
  CHECK(gather(finder, 1) == std::vector{unanswered(1, path_need("/nfs"), FactState::kTimeout)});
}

TEST_CASE("facts: the finder goes while a look-up hangs, and waits for nobody") {
  StuckWorld world;
  {
    FactFinder finder({.threads = 1}, world.resolver());
    finder.ask(1, path_need("/nfs"));
    world.wait_for(1);
  }
  world.let_go();
}

TEST_CASE("facts: a resolver that throws fails the need") {
  FactFinder finder({}, [](const Need&) -> Fact { throw std::bad_alloc(); });
  finder.ask(1, path_need("/a"));
  CHECK(gather(finder, 1) == std::vector{unanswered(1, path_need("/a"), FactState::kFailed)});
}

TEST_CASE("facts: two thousand needs at once are all answered, none twice") {
  FactFinder finder({.folder = "/", .home = "/", .path_time = milliseconds(60'000), .queue = 4096});
  for (std::uint64_t ticket = 0; ticket < 2000; ++ticket) {
    finder.ask(ticket, path_need("/x" + std::to_string(ticket)));
  }
  const auto answers = gather(finder, 2000);
  REQUIRE(answers.size() == 2000);
  for (std::uint64_t ticket = 0; ticket < 2000; ++ticket) {
    const std::string path = "/x" + std::to_string(ticket);
    CHECK(
        answers[ticket] ==
        Answered{.ticket = ticket,
                 .fact = {.need = path_need(path), .state = FactState::kKnown, .values = {path}}});
  }
}

}  // namespace
}  // namespace merlon
