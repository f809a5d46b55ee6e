#include <array>
#include <string_view>

#include "rules/detector_functions.h"

namespace merlon {
namespace {

constexpr std::size_t kLeastCardDigits = 13;
constexpr std::size_t kMostCardDigits = 19;

bool is_card_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A run of digits with single blanks or hyphens between them.
struct CardDigits {
  std::array<unsigned char, kMostCardDigits> digits{};
  std::size_t count{0};
  std::size_t end{0};  ///< behind the last digit
  bool overlong{false};

  [[nodiscard]] unsigned prefix(std::size_t length) const {
    unsigned value = 0;
    for (std::size_t i = 0; i < length && i < count; ++i) {
      value = value * 10 + digits[i];
    }
    return value;
  }
};

CardDigits read_card_digits(std::string_view text, std::size_t at) {
  CardDigits out;
  while (at < text.size()) {
    if (is_card_digit(text[at])) {
      if (out.count < kMostCardDigits) {
        out.digits[out.count++] = static_cast<unsigned char>(text[at] - '0');
      } else {
        out.overlong = true;
      }
      out.end = ++at;
      continue;
    }
    const bool between =
        (text[at] == ' ' || text[at] == '-') && at + 1 < text.size() && is_card_digit(text[at + 1]);
    if (!between) {
      break;
    }
    ++at;
  }
  return out;
}

bool passes_luhn(const CardDigits& card) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < card.count; ++i) {
    unsigned digit = card.digits[card.count - 1 - i];
    if (i % 2 == 1) {
      digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    }
    sum += digit;
  }
  return sum % 10 == 0;
}

bool in_range(unsigned value, unsigned first, unsigned last) {
  return value >= first && value <= last;
}

/// The network by prefix and length (ISO/IEC 7812 ranges as the networks publish them).
std::string_view network_of(const CardDigits& card) {
  const std::size_t n = card.count;
  const unsigned two = card.prefix(2);
  if (card.digits[0] == 4 && (n == 13 || n == 16 || n == 19)) {
    return "Visa card number";
  }
  if (n == 16 && (in_range(two, 51, 55) || in_range(card.prefix(4), 2221, 2720))) {
    return "Mastercard card number";
  }
  if (n == 15 && (two == 34 || two == 37)) {
    return "American Express card number";
  }
  if (n >= 16 && (card.prefix(4) == 6011 || two == 65 || in_range(card.prefix(3), 644, 649))) {
    return "Discover card number";
  }
  if (n >= 16 && in_range(card.prefix(4), 3528, 3589)) {
    return "JCB card number";
  }
  if (n == 14 && (two == 36 || two == 38 || two == 39 || in_range(card.prefix(3), 300, 305))) {
    return "Diners Club card number";
  }
  return n >= 16 && two == 62 ? "UnionPay card number" : std::string_view{};
}

/// `0000...`, `4444...`: filled in, not issued.
bool is_one_digit_repeated(const CardDigits& card) {
  for (std::size_t i = 1; i < card.count; ++i) {
    if (card.digits[i] != card.digits[0]) {
      return false;
    }
  }
  return true;
}

bool is_word_before(std::string_view text, std::size_t at) {
  if (at == 0) {
    return false;
  }
  const char c = text[at - 1];
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '/';
}

}  // namespace

void find_payment_cards(std::string_view text, DetectorHits& hits) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_card_digit(text[at])) {
      ++at;
      continue;
    }
    const CardDigits card = read_card_digits(text, at);
    if (!card.overlong && card.count >= kLeastCardDigits && !is_word_before(text, at) &&
        !is_one_digit_repeated(card) && passes_luhn(card)) {
      if (const std::string_view network = network_of(card); !network.empty()) {
        hits.push_back({.begin = at, .end = card.end, .what = std::string(network)});
      }
    }
    at = card.end;
  }
}

}  // namespace merlon
