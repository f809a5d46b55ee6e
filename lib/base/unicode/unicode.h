#pragma once
/// Properties of code points and bounded normalisation. Door to utf8proc.
///
/// Pure functions; safe from many threads. No locale, ever.
#include <span>
#include <string>

namespace merlon {

/// The out-of-line halves of the functions below, for code points from 0x80 on. Nearly all text is
/// ASCII, and the matcher and the scorer ask about every letter of it.
[[nodiscard]] bool is_word_char_beyond_ascii(char32_t c);
[[nodiscard]] bool is_letter_beyond_ascii(char32_t c);
[[nodiscard]] bool is_upper_beyond_ascii(char32_t c);
[[nodiscard]] bool is_lower_beyond_ascii(char32_t c);
[[nodiscard]] bool is_decimal_digit_beyond_ascii(char32_t c);
[[nodiscard]] bool is_number_beyond_ascii(char32_t c);
[[nodiscard]] char32_t to_lower_beyond_ascii(char32_t c);
[[nodiscard]] bool is_mark_beyond_ascii(char32_t c);

/// Upper and lower case letters; decimal digits (Nd); any number (also Roman, fractions).
[[nodiscard]] inline bool is_upper(char32_t c) {
  return c < 0x80 ? c >= 'A' && c <= 'Z' : is_upper_beyond_ascii(c);
}
[[nodiscard]] inline bool is_lower(char32_t c) {
  return c < 0x80 ? c >= 'a' && c <= 'z' : is_lower_beyond_ascii(c);
}
[[nodiscard]] inline bool is_decimal_digit(char32_t c) {
  return c < 0x80 ? c >= '0' && c <= '9' : is_decimal_digit_beyond_ascii(c);
}
[[nodiscard]] inline bool is_number(char32_t c) {
  return c < 0x80 ? c >= '0' && c <= '9' : is_number_beyond_ascii(c);
}
[[nodiscard]] inline bool is_letter(char32_t c) {
  return c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') : is_letter_beyond_ascii(c);
}
/// Letter, mark, digit or underscore.
[[nodiscard]] inline bool is_word_char(char32_t c) {
  return c < 0x80 ? is_letter(c) || is_number(c) || c == '_' : is_word_char_beyond_ascii(c);
}
/// The simple lower-case mapping of one code point.
[[nodiscard]] inline char32_t to_lower(char32_t c) {
  if (c < 0x80) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }
  return to_lower_beyond_ascii(c);
}
/// Combining: accents, vowel signs, enclosing marks.
[[nodiscard]] inline bool is_mark(char32_t c) {
  return c >= 0x300 && is_mark_beyond_ascii(c);
}
/// What `\s` of PCRE2 matches with UCP: ASCII and Unicode blanks, line and paragraph separators.
[[nodiscard]] bool is_blank(char32_t c);
/// Control characters, unassigned code points, surrogates and private use: nothing a text is made
/// of.
[[nodiscard]] bool is_unprintable(char32_t c);
/// Shows nothing: zero-width and bidi controls, soft hyphen, fillers, tags, variation selectors.
[[nodiscard]] bool is_invisible(char32_t c);
/// Scripts that put no blanks between words: Han, Kana, Hangul, Thai, Lao, Khmer, Myanmar.
[[nodiscard]] bool is_written_without_blanks(char32_t c);

/// One code point that stands for all its case variants (ſ, S and s become s; Σ, σ and ς become σ).
/// Two code points that PCRE2 takes for equal when case is ignored have the same one. The dotted
/// and dotless i of Turkish stay.
[[nodiscard]] char32_t fold_case(char32_t c);

/// False when NFKC changes `c` alone or may join it with its neighbours.
[[nodiscard]] bool is_nfkc_inert(char32_t c);
/// Appends NFKC of a starter and the marks that follow it.
void append_nfkc(std::string& out, std::span<const char32_t> cluster);
/// The base letter of `c` without accents (é gives e); `c` when it has none.
[[nodiscard]] char32_t without_accents(char32_t c);

}  // namespace merlon
