#include "proxy/reading_hold.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

class HoldClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override { return {}; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(passed);
  }
  std::chrono::milliseconds passed{0};
};

}  // namespace

TEST_CASE("reading hold: a client is read while its requests are taken, and held when not") {
  const HoldClock clock;
  ReadingHold hold(clock);
  CHECK(!hold.holds(true, 0));
  CHECK(!hold.until().has_value());
  CHECK(hold.holds(false, 0));
  CHECK(hold.until() == std::chrono::steady_clock::time_point(ReadingHold::kLongest));
  CHECK(!hold.holds(true, 1));
  CHECK(!hold.until().has_value());
}

TEST_CASE("reading hold: a server that answers nothing for long lets the client be read once") {
  HoldClock clock;
  ReadingHold hold(clock);
  CHECK(hold.holds(false, 0));
  clock.passed = ReadingHold::kLongest - std::chrono::milliseconds(1);
  CHECK(hold.holds(false, 0));
  CHECK(hold.holds(false, 1));  // it answers: held on
  clock.passed += ReadingHold::kLongest;
  CHECK(!hold.holds(false, 1));
  CHECK(hold.holds(false, 1));
}

}  // namespace merlon
