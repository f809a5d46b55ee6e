#pragma once
/// Kinds of code points as the trained features know them (they are those of Python's `str` and
/// `re`, which trained the model). ASCII by comparison, the rest through base/unicode.
#include <array>
#include <cstdint>

#include "base/unicode/unicode.h"

namespace merlon {

[[nodiscard]] constexpr bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// What `\s` matches.
[[nodiscard]] inline bool is_space(char32_t c) {
  if (c < 0x80) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x1F);
  }
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// For code points below 0x80: 1 for a letter, 2 for another that `\w` matches.
inline constexpr std::array<std::uint8_t, 0x80> kAsciiWords = [] {
  std::array<std::uint8_t, 0x80> out{};
  for (char32_t c = 0; c < out.size(); ++c) {
    const bool other = (c >= '0' && c <= '9') || c == '_';
    out[c] = is_ascii_letter(c) ? 1 : static_cast<std::uint8_t>(other ? 2 : 0);
  }
  return out;
}();

/// What `\w` matches: letters, numbers, the underscore; no marks.
[[nodiscard]] inline bool is_word(char32_t c) {
  return c < 0x80 ? kAsciiWords[c] != 0 : is_letter(c) || is_number(c);
}

/// What `[^\W\d_]` matches.
[[nodiscard]] inline bool is_word_letter(char32_t c) {
  return c < 0x80 ? kAsciiWords[c] == 1 : is_letter(c) || (is_number(c) && !is_decimal_digit(c));
}

/// Kana, Han and Hangul: written without blanks, or taken as such.
[[nodiscard]] inline bool is_cjk(char32_t c) {
  return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7AF);
}

}  // namespace merlon
