#include "base/process/processor_wait.h"

#include <thread>

#include <doctest/doctest.h>

namespace merlon {

TEST_CASE("processor wait: of a thread that runs it does not shrink, and another one may ask") {
  const int id = current_thread_id();
  const auto first = processor_wait(id);
  std::chrono::nanoseconds second{0};
  std::jthread([&] {
    CHECK(current_thread_id() != id);
    second = processor_wait(id);
  }).join();
  CHECK(second >= first);
  CHECK(first >= std::chrono::nanoseconds(0));
}

TEST_CASE("processor wait: of a thread that is none it is zero") {
  CHECK(processor_wait(0) == std::chrono::nanoseconds(0));
  CHECK(processor_wait(-1) == std::chrono::nanoseconds(0));
}

}  // namespace merlon
