#include <algorithm>
#include <array>
#include <string_view>

#include "rules/detector_functions.h"

namespace merlon {
namespace {

struct IbanCountry {
  std::string_view code;
  std::size_t length{0};
};

// SWIFT's IBAN registry, the countries with the most accounts; sorted by code.
constexpr std::array<IbanCountry, 44> kIbanCountries{{
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BR", 29}, {"CH", 21}, {"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DK", 18}, {"EE", 20},
    {"ES", 24}, {"FI", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GR", 27}, {"HR", 21},
    {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IS", 26}, {"IT", 27}, {"KZ", 20}, {"LI", 21}, {"LT", 20},
    {"LU", 20}, {"LV", 21}, {"MT", 31}, {"NL", 18}, {"NO", 15}, {"PL", 28}, {"PT", 25}, {"RO", 24},
    {"SA", 24}, {"SE", 24}, {"SI", 19}, {"SK", 24},
}};
constexpr std::size_t kIbanHead = 4;  // country and check digits

bool is_iban_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_iban_digit(char c) {
  return c >= '0' && c <= '9';
}

std::size_t iban_length(std::string_view code) {
  const auto* const found =
      std::lower_bound(kIbanCountries.begin(), kIbanCountries.end(), code,
                       [](const IbanCountry& row, std::string_view key) { return row.code < key; });
  return found != kIbanCountries.end() && found->code == code ? found->length : 0;
}

/// Exactly `length` letters and digits from `at`, single blanks between; the end in the text, 0 for
/// none.
std::size_t read_iban(std::string_view text, std::size_t at, std::size_t length, std::string& out) {
  out.clear();
  while (at < text.size() && out.size() < length) {
    if (is_iban_upper(text[at]) || is_iban_digit(text[at])) {
      out.push_back(text[at++]);
    } else if (text[at] == ' ' && !out.empty() && text[at - 1] != ' ') {
      ++at;
    } else {
      return 0;
    }
  }
  const bool ends = at >= text.size() || !(is_iban_upper(text[at]) || is_iban_digit(text[at]));
  return out.size() == length && ends ? at : 0;
}

/// ISO 7064 MOD 97-10: the head goes to the end, letters count from 10.
bool passes_mod97(std::string_view iban) {
  unsigned rest = 0;
  const auto add = [&](char c) {
    const unsigned value =
        is_iban_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(c - 'A') + 10;
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  };
  std::for_each(iban.begin() + kIbanHead, iban.end(), add);
  std::for_each(iban.begin(), iban.begin() + kIbanHead, add);
  return rest == 1;
}

}  // namespace

void find_bank_accounts(std::string_view text, DetectorHits& hits) {
  std::string iban;
  for (std::size_t at = 0; at + kIbanHead < text.size(); ++at) {
    const bool head = is_iban_upper(text[at]) && is_iban_upper(text[at + 1]) &&
                      is_iban_digit(text[at + 2]) && is_iban_digit(text[at + 3]);
    if (!head || (at > 0 && (is_iban_upper(text[at - 1]) || is_iban_digit(text[at - 1])))) {
      continue;
    }
    const std::size_t length = iban_length(text.substr(at, 2));
    const std::size_t end = length == 0 ? 0 : read_iban(text, at, length, iban);
    if (end != 0 && passes_mod97(iban)) {
      hits.push_back({.begin = at, .end = end, .what = "IBAN"});
      at = end - 1;
    }
  }
}

}  // namespace merlon
