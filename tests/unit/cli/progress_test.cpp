#include "progress.h"

#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "unit/cli/test_env.h"

using namespace merlon::cli;
using namespace std::chrono_literals;

TEST_CASE(
    "progress: nothing in the first second, then at most ten lines a second, and a clean line at "
    "the end") {
  merlon::test::TestWorld world;
  world.env.err_is_terminal = true;
  {
    Progress progress(world.env, "scanning");
    progress.update(1, 9, "a");
    world.clock.steady_time += 999ms;
    progress.update(2, 9, "b");
    CHECK(world.err.str().empty());
    world.clock.steady_time += 1ms;
    progress.update(3, 9, "long-name");
    CHECK(world.err.str() == "\rmerlon: scanning 3 of 9 long-name");
    world.clock.steady_time += 99ms;
    progress.update(4, 9, "d");
    world.clock.steady_time += 1ms;
    progress.update(5, 0, "e\x1b");
    CHECK(world.err.str() ==
          "\rmerlon: scanning 3 of 9 long-name\rmerlon: scanning 5 e\\e           ");
    world.err.str("");
  }
  CHECK(world.err.str() == "\r" + std::string(22, ' ') + "\r");
}

TEST_CASE("progress: nothing at all when stderr is no terminal") {
  merlon::test::TestWorld world;
  {
    Progress progress(world.env, "scanning");
    world.clock.steady_time += 10s;
    progress.update(1, 2, "a");
  }
  CHECK(world.err.str().empty());
}

TEST_CASE("progress: a line never wraps") {
  merlon::test::TestWorld world;
  world.env.err_is_terminal = true;
  Progress progress(world.env, "scanning");
  world.clock.steady_time += 2s;
  progress.update(1, 2, std::string(500, 'x'));
  CHECK(world.err.str() == "\rmerlon: scanning 1 of 2 " + std::string(55, 'x'));
}

TEST_CASE("progress: of many threads at one moment, one draws") {
  merlon::test::TestWorld world;
  world.env.err_is_terminal = true;
  Progress progress(world.env, "scanning");
  world.clock.steady_time += 2s;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&progress] {
      for (int n = 0; n < 100; ++n) {
        progress.update(7, 9, "same");
      }
    });
  }
  threads.clear();
  CHECK(world.err.str() == "\rmerlon: scanning 7 of 9 same");
}
