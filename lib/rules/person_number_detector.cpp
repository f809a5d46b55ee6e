#include <string_view>

#include "rules/detector_functions.h"

namespace merlon {
namespace {

constexpr std::string_view kSsnShape = "ddd-dd-dddd";

bool is_ssn_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_ssn_shape(std::string_view word) {
  for (std::size_t i = 0; i < kSsnShape.size(); ++i) {
    if (kSsnShape[i] == 'd' ? !is_ssn_digit(word[i]) : word[i] != kSsnShape[i]) {
      return false;
    }
  }
  return true;
}

unsigned ssn_number(std::string_view digits) {
  unsigned out = 0;
  for (const char c : digits) {
    out = out * 10 + static_cast<unsigned>(c - '0');
  }
  return out;
}

/// What the Social Security Administration never issued: area 000, 666, 900 and above, group 00,
/// serial 0000; and two numbers that were printed in advertisements.
bool can_be_issued(std::string_view word) {
  const unsigned area = ssn_number(word.substr(0, 3));
  return area != 0 && area != 666 && area < 900 && ssn_number(word.substr(4, 2)) != 0 &&
         ssn_number(word.substr(7)) != 0 && word != "078-05-1120" && word != "219-09-9999" &&
         word != "123-45-6789";
}

bool joins_number(char c) {
  return is_ssn_digit(c) || c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

void find_person_numbers(std::string_view text, DetectorHits& hits) {
  for (std::size_t at = 0; at + kSsnShape.size() <= text.size(); ++at) {
    const std::size_t end = at + kSsnShape.size();
    const std::string_view word = text.substr(at, kSsnShape.size());
    if (!has_ssn_shape(word) || (at > 0 && joins_number(text[at - 1])) ||
        (end < text.size() && joins_number(text[end])) || !can_be_issued(word)) {
      continue;
    }
    hits.push_back({.begin = at, .end = end, .what = "US social security number"});
    at = end - 1;
  }
}

}  // namespace merlon
