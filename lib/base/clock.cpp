#include "base/clock.h"

#include "base/text.h"

namespace merlon {
namespace {

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now();
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
};

std::string padded(unsigned value, std::size_t width) {
  const std::string digits = std::to_string(value);
  return std::string(width > digits.size() ? width - digits.size() : 0, '0') + digits;
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock kClock;  // NOLINT(readability-identifier-naming): constant
  return kClock;
}

Result<Date> parse_date(std::string_view text) {
  const auto parts = split(text, '-');
  if (text.size() == 10 && parts.size() == 3 && parts[0].size() == 4 && parts[1].size() == 2) {
    const auto year = parse_unsigned(parts[0]);
    const auto month = parse_unsigned(parts[1]);
    const auto day = parse_unsigned(parts[2]);
    if (year && month && day) {
      const Date date{std::chrono::year(static_cast<int>(*year)),
                      std::chrono::month(static_cast<unsigned>(*month)),
                      std::chrono::day(static_cast<unsigned>(*day))};
      if (date.ok()) {
        return date;
      }
    }
  }
  return fail(ErrorCode::kFormat, "`", text, "` is not a date like 2026-11-21");
}

std::string to_string(Date date) {
  return padded(static_cast<unsigned>(static_cast<int>(date.year())), 4) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" +
         padded(static_cast<unsigned>(date.day()), 2);
}

Date today(const Clock& clock) {
  return Date(std::chrono::floor<std::chrono::days>(clock.now()));
}

}  // namespace merlon
