#pragma once
/// Properties of code points and bounded normalisation. Door to utf8proc.
///
/// Pure functions; safe from many threads. No locale, ever.
#include <span>
#include <string>

namespace merlon {

/// Letter, mark, digit or underscore.
[[nodiscard]] bool is_word_char(char32_t c);
[[nodiscard]] bool is_letter(char32_t c);
/// Upper and lower case letters; decimal digits (Nd); any number (also Roman, fractions).
[[nodiscard]] bool is_upper(char32_t c);
[[nodiscard]] bool is_lower(char32_t c);
[[nodiscard]] bool is_decimal_digit(char32_t c);
[[nodiscard]] bool is_number(char32_t c);
/// The simple lower-case mapping of one code point.
[[nodiscard]] char32_t to_lower(char32_t c);
/// Combining: accents, vowel signs, enclosing marks.
[[nodiscard]] bool is_mark(char32_t c);
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
