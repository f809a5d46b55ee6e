#include "base/timestamp.h"

#include <algorithm>
#include <chrono>

namespace merlon {
namespace {

bool is_timestamp_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The number of exactly `digits` digits at `at`, within the bounds; moves past it.
std::optional<int> take_field(std::string_view text, std::size_t& at, std::size_t digits,
                              int most) {
  if (text.size() < at + digits) {
    return std::nullopt;
  }
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const char c = text[at + i];
    if (!is_timestamp_digit(c)) {
      return std::nullopt;
    }
    value = (value * 10) + (c - '0');
  }
  at += digits;
  return value <= most ? std::optional(value) : std::nullopt;
}

bool take_char(std::string_view text, std::size_t& at, std::string_view choices) {
  if (at >= text.size() || choices.find(text[at]) == std::string_view::npos) {
    return false;
  }
  ++at;
  return true;
}

std::optional<std::int64_t> take_day(std::string_view text, std::size_t& at) {
  const auto year = take_field(text, at, 4, 9999);
  const bool first = take_char(text, at, "-");
  const auto month = take_field(text, at, 2, 12);
  const bool second = take_char(text, at, "-");
  const auto day = take_field(text, at, 2, 31);
  if (!year || !first || !month || !second || !day || *year < 1970) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count();
}

/// Milliseconds of a fraction such as `.25`; 0 when there is none.
std::optional<std::int64_t> take_fraction(std::string_view text, std::size_t& at) {
  if (!take_char(text, at, ".")) {
    return 0;
  }
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; at < text.size() && is_timestamp_digit(text[at]); ++at, ++digits) {
    if (digits < 3) {
      value = (value * 10) + (text[at] - '0');
    }
  }
  for (std::size_t i = digits; i < 3; ++i) {
    value *= 10;
  }
  return digits > 0 ? std::optional(value) : std::nullopt;
}

/// Minutes east of Greenwich.
std::optional<int> take_offset(std::string_view text, std::size_t& at) {
  if (take_char(text, at, "Zz")) {
    return 0;
  }
  const bool west = at < text.size() && text[at] == '-';
  if (!take_char(text, at, "+-")) {
    return std::nullopt;
  }
  const auto hours = take_field(text, at, 2, 23);
  const bool colon = take_char(text, at, ":");
  const auto minutes = take_field(text, at, 2, 59);
  if (!hours || !colon || !minutes) {
    return std::nullopt;
  }
  const int offset = (*hours * 60) + *minutes;
  return west ? -offset : offset;
}

}  // namespace

std::optional<std::int64_t> parse_timestamp_ms(std::string_view text) {
  std::size_t at = 0;
  const auto day = take_day(text, at);
  const bool separator = take_char(text, at, "Tt ");
  const auto hour = take_field(text, at, 2, 23);
  const bool first = take_char(text, at, ":");
  const auto minute = take_field(text, at, 2, 59);
  const bool second = take_char(text, at, ":");
  const auto seconds = take_field(text, at, 2, 60);
  if (!day || !separator || !hour || !first || !minute || !second || !seconds) {
    return std::nullopt;
  }
  const auto fraction = take_fraction(text, at);
  const auto offset = take_offset(text, at);
  if (!fraction || !offset || at != text.size()) {
    return std::nullopt;
  }
  const std::int64_t minutes = (((*day * 24) + *hour) * 60) + *minute - *offset;
  const std::int64_t whole = (minutes * 60) + std::min(*seconds, 59);
  return (whole * 1000) + *fraction;
}

}  // namespace merlon
