#include "attest/utc_time.h"

#include <chrono>

#include "base/clock.h"

namespace merlon {
namespace {

constexpr std::int64_t kYear10000 = 253402300800;

std::string two_digits_of(std::int64_t value) {
  return std::string(value < 10 ? "0" : "") + std::to_string(value);
}

}  // namespace

std::string utc_time_text(std::int64_t seconds) {
  if (seconds < 0 || seconds >= kYear10000) {
    return std::to_string(seconds) + " s";
  }
  constexpr std::int64_t kDay = 86'400;
  const std::chrono::sys_days day{std::chrono::days(seconds / kDay)};
  const std::int64_t rest = seconds % kDay;
  return to_string(Date(day)) + "T" + two_digits_of(rest / 3600) + ":" +
         two_digits_of(rest / 60 % 60) + ":" + two_digits_of(rest % 60) + "Z";
}

}  // namespace merlon
