#include <array>
#include <charconv>

#include "proof/canonical_json.h"

namespace merlon {
namespace {

/// Shortest digits that read back the same, and where the decimal point stands: value = 0.DIGITS *
/// 10^point.
struct Decimal {
  std::string digits;
  int point{0};
};

Decimal shortest_decimal(double value) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::scientific)
                       .ptr;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  const std::size_t mark = text.find('e');
  Decimal decimal;
  for (const char c : text.substr(0, mark)) {
    if (c != '.') {
      decimal.digits.push_back(c);
    }
  }
  const std::size_t sign = text[mark + 1] == '+' ? 1 : 0;
  std::from_chars(text.data() + mark + 1 + sign, text.data() + text.size(), decimal.point);
  ++decimal.point;
  return decimal;
}

}  // namespace

std::string ecmascript_number(double value) {
  if (value == 0) {
    return "0";
  }
  if (value < 0) {
    return "-" + ecmascript_number(-value);
  }
  auto [digits, point] = shortest_decimal(value);
  const int count = static_cast<int>(digits.size());
  if (point > 21 || point <= -6) {
    if (count > 1) {
      digits.insert(1, ".");
    }
    return digits + (point > 0 ? "e+" : "e") + std::to_string(point - 1);
  }
  if (point <= 0) {
    return "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  }
  if (point < count) {
    return digits.insert(static_cast<std::size_t>(point), ".");
  }
  return digits + std::string(static_cast<std::size_t>(point - count), '0');
}

}  // namespace merlon
