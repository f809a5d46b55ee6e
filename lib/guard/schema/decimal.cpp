#include "guard/schema/decimal.h"

#include <algorithm>
#include <limits>

namespace merlon {
namespace {

constexpr std::int64_t kMostExponent = 1'000'000'000'000'000;
__extension__ using WideProduct = unsigned __int128;

bool is_decimal_digit(char c) {
  return c >= '0' && c <= '9';
}

std::int64_t parse_exponent(std::string_view text) {
  bool negative = false;
  std::int64_t out = 0;
  for (const char c : text) {
    negative = negative || c == '-';
    if (is_decimal_digit(c)) {
      out = std::min(out * 10 + (c - '0'), kMostExponent);
    }
  }
  return negative ? -out : out;
}

std::uint64_t multiply_modulo(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(static_cast<WideProduct>(a) * b % modulus);
}

std::uint64_t remainder_of_digits(std::string_view digits, std::uint64_t modulus) {
  std::uint64_t out = 0;
  for (const char c : digits) {
    out = (multiply_modulo(out, 10, modulus) + static_cast<std::uint64_t>(c - '0')) % modulus;
  }
  return out;
}

std::uint64_t power_of_ten_modulo(std::uint64_t exponent, std::uint64_t modulus) {
  std::uint64_t out = 1 % modulus;
  std::uint64_t factor = 10 % modulus;
  for (; exponent != 0; exponent >>= 1U) {
    if ((exponent & 1U) != 0) {
      out = multiply_modulo(out, factor, modulus);
    }
    factor = multiply_modulo(factor, factor, modulus);
  }
  return out;
}

std::strong_ordering compare_magnitude(const Decimal& a, const Decimal& b) {
  const auto a_size = a.exponent + static_cast<std::int64_t>(a.digits.size());
  const auto b_size = b.exponent + static_cast<std::int64_t>(b.digits.size());
  return a_size != b_size ? a_size <=> b_size : a.digits <=> b.digits;
}

}  // namespace

Decimal parse_decimal(std::string_view number) {
  Decimal out;
  const std::size_t mark = std::min(number.find_first_of("eE"), number.size());
  std::int64_t exponent = mark < number.size() ? parse_exponent(number.substr(mark + 1)) : 0;
  bool fraction = false;
  for (const char c : number.substr(0, mark)) {
    fraction = fraction || c == '.';
    if (is_decimal_digit(c)) {
      exponent -= fraction ? 1 : 0;
      if (c != '0' || !out.digits.empty()) {
        out.digits.push_back(c);
      }
    }
  }
  while (!out.digits.empty() && out.digits.back() == '0') {
    out.digits.pop_back();
    ++exponent;
  }
  out.negative = number.starts_with('-') && !out.digits.empty();
  out.exponent = out.digits.empty() ? 0 : exponent;
  return out;
}

std::strong_ordering compare(const Decimal& a, const Decimal& b) {
  const int a_sign = a.is_zero() ? 0 : (a.negative ? -1 : 1);
  const int b_sign = b.is_zero() ? 0 : (b.negative ? -1 : 1);
  if (a_sign != b_sign || a_sign == 0) {
    return a_sign <=> b_sign;
  }
  return a_sign > 0 ? compare_magnitude(a, b) : compare_magnitude(b, a);
}

bool is_multiple(const Decimal& value, const Decimal& divisor) {
  if (value.is_zero()) {
    return true;
  }
  if (value.exponent < divisor.exponent) {
    return false;  // the digits do not end in 0, so no further power of ten divides them
  }
  std::uint64_t modulus = 0;
  for (const char c : divisor.digits) {
    modulus = modulus * 10 + static_cast<std::uint64_t>(c - '0');
  }
  const auto shift = static_cast<std::uint64_t>(value.exponent - divisor.exponent);
  return multiply_modulo(remainder_of_digits(value.digits, modulus),
                         power_of_ten_modulo(shift, modulus), modulus) == 0;
}

std::optional<std::uint64_t> to_count(const Decimal& value) {
  if (value.negative || !value.is_integer()) {
    return std::nullopt;
  }
  if (static_cast<std::int64_t>(value.digits.size()) + value.exponent > 19) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  std::uint64_t out = 0;
  for (const char c : value.digits) {
    out = out * 10 + static_cast<std::uint64_t>(c - '0');
  }
  for (std::int64_t i = 0; i < value.exponent; ++i) {
    out *= 10;
  }
  return out;
}

}  // namespace merlon
