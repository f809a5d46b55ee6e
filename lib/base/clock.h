#pragma once
/// Time as a value that is handed in, so that output can be reproduced.
#include <chrono>
#include <string>

#include "base/result.h"

namespace merlon {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  /// Wall time. Used for expiry only.
  [[nodiscard]] virtual std::chrono::system_clock::time_point now() const = 0;
  /// For deadlines and progress; unrelated to wall time.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

[[nodiscard]] const Clock& system_clock();

/// A calendar day, `YYYY-MM-DD`.
using Date = std::chrono::year_month_day;
[[nodiscard]] Result<Date> parse_date(std::string_view text);
[[nodiscard]] std::string to_string(Date date);
[[nodiscard]] Date today(const Clock& clock);

}  // namespace merlon
