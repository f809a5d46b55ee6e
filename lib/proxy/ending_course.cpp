#include "proxy/ending_course.h"

#include <algorithm>

namespace merlon {

void EndingCourse::enter(Phase phase, std::chrono::milliseconds length) {
  phase_ = phase;
  phase_ends_ = clock_.steady() + length;
}

void EndingCourse::client_went() {
  if (phase_ == Phase::kServing) {
    enter(Phase::kAnswering, graces_.answer);
  }
}

void EndingCourse::client_is_deaf() {
  if (phase_ == Phase::kServing) {
    enter(Phase::kAnswering, std::chrono::milliseconds(0));
  }
}

void EndingCourse::signalled() {
  if (has_input()) {
    by_signal_ = true;
    enter(Phase::kAnswering, graces_.signalled);
  }
}

bool EndingCourse::server_is_over(const Signs& signs, TimePoint now) {
  if (signs.server_ended && !server_ended_) {
    server_ended_ = now;
  }
  if (signs.output_ended && !output_ended_) {
    output_ended_ = now;
  }
  return (server_ended_ && output_ended_) ||
         (server_ended_ && now >= *server_ended_ + graces_.other_sign) ||
         (output_ended_ && now >= *output_ended_ + graces_.other_sign);
}

EndingCourse::Step EndingCourse::step(const Signs& signs) {
  if (phase_ == Phase::kServing && !signs.server_ended && !signs.output_ended) {
    return Step::kNothing;  // the usual case reads no clock
  }
  const TimePoint now = clock_.steady();
  if (phase_ < Phase::kServerGone && server_is_over(signs, now)) {
    enter(Phase::kServerGone, graces_.last_words);
    return Step::kServerGone;
  }
  const bool late = phase_ends_ && now >= *phase_ends_;
  switch (phase_) {
    case Phase::kServing: break;
    case Phase::kAnswering:
      if (late || (!by_signal_ && signs.nothing_open)) {
        enter(Phase::kInputEnded, graces_.input_end);
        return Step::kCloseInput;
      }
      break;
    case Phase::kInputEnded:
      if (late) {
        enter(Phase::kTerminated, graces_.sigterm);
        return Step::kTerminate;
      }
      break;
    case Phase::kTerminated:
      if (late) {
        enter(Phase::kServerGone, graces_.last_words);
        return Step::kServerGone;
      }
      break;
    case Phase::kServerGone:
      if (!late && !signs.all_told) {
        break;
      }
      phase_ = Phase::kOver;
      return Step::kOver;
    case Phase::kOver: return Step::kOver;
  }
  return Step::kNothing;
}

std::optional<EndingCourse::TimePoint> EndingCourse::due() const {
  std::optional<TimePoint> until = phase_ends_;
  for (const auto& since : {server_ended_, output_ended_}) {
    if (since && phase_ < Phase::kServerGone) {
      const TimePoint other = *since + graces_.other_sign;
      until = until ? std::min(*until, other) : other;
    }
  }
  return until;
}

}  // namespace merlon
