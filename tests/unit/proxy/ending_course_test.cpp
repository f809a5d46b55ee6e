#include "proxy/ending_course.h"

#include <doctest/doctest.h>

namespace merlon {
namespace {

using std::chrono::milliseconds;
using Step = EndingCourse::Step;

class HandClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override { return {}; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(passed);
  }
  milliseconds passed{0};
};

struct Course {
  HandClock clock;
  ProxyGraces graces;
  EndingCourse course{graces, clock};
  EndingCourse::Signs signs;

  Step step() { return course.step(signs); }
  Step after(milliseconds time) {
    clock.passed += time;
    return step();
  }
  milliseconds due() { return milliseconds(course.due()->time_since_epoch() / milliseconds(1)); }
};

}  // namespace

TEST_CASE("ending: while nothing goes, there is nothing to do and nothing to wait for") {
  Course at;
  CHECK(at.step() == Step::kNothing);
  CHECK(at.after(milliseconds(3'600'000)) == Step::kNothing);
  CHECK(!at.course.due().has_value());
  CHECK(at.course.serves());
}

TEST_CASE("ending: a client that went is answered for, then the input ends, TERM, gone, over") {
  Course at;
  at.course.client_went();
  CHECK(at.step() == Step::kNothing);
  CHECK(at.due() == at.graces.answer);
  CHECK(at.course.has_input());
  CHECK(at.after(at.graces.answer) == Step::kCloseInput);
  CHECK(!at.course.has_input());
  CHECK(at.after(at.graces.input_end - milliseconds(1)) == Step::kNothing);
  CHECK(at.after(milliseconds(1)) == Step::kTerminate);
  CHECK(at.after(at.graces.sigterm) == Step::kServerGone);
  CHECK(at.step() == Step::kNothing);
  CHECK(at.after(at.graces.last_words) == Step::kOver);
  CHECK(at.step() == Step::kOver);
}

TEST_CASE("ending: what nobody waits for is not waited for") {
  Course at;
  at.signs.nothing_open = true;
  at.course.client_went();
  CHECK(at.step() == Step::kCloseInput);
  at.signs.server_ended = true;
  at.signs.output_ended = true;
  CHECK(at.step() == Step::kServerGone);
  at.signs.all_told = true;
  CHECK(at.step() == Step::kOver);
}

TEST_CASE("ending: a server that ends by a signal is not hurried by the end of its input") {
  Course at;
  at.signs.nothing_open = true;
  at.course.signalled();
  CHECK(at.step() == Step::kNothing);
  CHECK(at.due() == at.graces.signalled);
  CHECK(at.after(at.graces.signalled) == Step::kCloseInput);
}

TEST_CASE("ending: of exit and end of output the other one is waited for a moment") {
  Course exits;
  exits.signs.server_ended = true;
  CHECK(exits.step() == Step::kNothing);
  CHECK(exits.due() == exits.graces.other_sign);
  CHECK(exits.after(exits.graces.other_sign) == Step::kServerGone);

  Course closes;
  closes.signs.output_ended = true;
  CHECK(closes.step() == Step::kNothing);
  closes.signs.server_ended = true;
  CHECK(closes.step() == Step::kServerGone);
}

TEST_CASE("ending: it never goes back") {
  Course at;
  at.course.client_is_deaf();
  CHECK(at.step() == Step::kCloseInput);
  at.course.signalled();
  at.course.client_went();
  CHECK(at.step() == Step::kNothing);
  CHECK(at.after(at.graces.input_end) == Step::kTerminate);
}

}  // namespace merlon
