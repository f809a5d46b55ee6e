#pragma once
/// What the steps of normalise.cpp share.
#include <cstdint>
#include <string_view>
#include <vector>

namespace merlon {

/// A code point with the source bytes that it came from.
struct TextUnit {
  char32_t c{0};
  std::uint32_t source{0};
  std::uint32_t source_end{0};
};
using TextUnits = std::vector<TextUnit>;

[[nodiscard]] constexpr bool is_latin_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/// The lower case of an ASCII character.
[[nodiscard]] constexpr char lower_latin(char32_t c) {
  return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

inline constexpr std::size_t kLongestDisguisedWord = 16;

/// Words by which spaced-out and leet text is recognised. `word` is lower case.
[[nodiscard]] bool is_disguised_word(std::string_view word);

}  // namespace merlon
