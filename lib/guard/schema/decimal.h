#pragma once
/// Numbers of JSON as they are written, without rounding: 1.0 is an integer, 0.3 is three times
/// 0.1, and 9007199254740993 is not 9007199254740992.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

/// `digits` x 10^`exponent`, without zeros at either end of the digits; zero has none and no sign.
struct Decimal {
  bool negative{false};
  std::string digits;
  std::int64_t exponent{0};

  [[nodiscard]] bool is_zero() const { return digits.empty(); }
  [[nodiscard]] bool is_integer() const { return exponent >= 0; }
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

/// Of the source bytes of a JSON number. Exponents beyond 10^15 count as 10^15. Linear.
[[nodiscard]] Decimal parse_decimal(std::string_view number);
[[nodiscard]] std::strong_ordering compare(const Decimal& a, const Decimal& b);
/// Digits that a divisor of is_multiple may have.
inline constexpr std::size_t kMostDivisorDigits = 18;
/// Whether `value` is a whole multiple of `divisor`, which is above zero and has at most
/// kMostDivisorDigits.
[[nodiscard]] bool is_multiple(const Decimal& value, const Decimal& divisor);
/// A whole number from zero on; what is too big for the type counts as the biggest.
[[nodiscard]] std::optional<std::uint64_t> to_count(const Decimal& value);

}  // namespace merlon
