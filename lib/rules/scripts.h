#pragma once
/// Which script a letter belongs to, as far as look-alikes are concerned. Ranges of Unicode blocks;
/// exact enough to tell Latin from what poses as Latin.
#include <cstdint>
#include <string_view>

namespace merlon {

enum class Script : std::uint8_t {
  kNone,   ///< no letter: digits, signs, emoji, marks
  kLatin,  ///< with accents
  kGreek,
  kCyrillic,
  kArmenian,
  kCherokee,
  kStyled,       ///< mathematical, fullwidth, circled and small-capital letters
  kRightToLeft,  ///< Arabic, Hebrew, Syriac, Thaana, N'Ko
  kJoining,  ///< scripts of South and South-East Asia, Mongolian: joiners are part of the spelling
  kOther,    ///< Han, Kana, Hangul, Georgian and all else
};

[[nodiscard]] Script script_of(char32_t c);

/// Pictographs and what may stand next to a joiner in an emoji sequence.
[[nodiscard]] bool is_emoji_part(char32_t c);

}  // namespace merlon
