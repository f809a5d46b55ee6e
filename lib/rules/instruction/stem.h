#pragma once
/// The stem of an English word by a few suffixes, of any other word its first six letters. Crude on
/// purpose: it is the same in scripts/model/features.py, and what it merges wrongly the weights
/// have learned.
#include <array>
#include <cstddef>
#include <string_view>

#include "rules/instruction/feature_hash.h"

namespace merlon {

class Stem {
 public:
  static constexpr std::size_t kLetters = 12;

  /// `word` is in lower case and not empty.
  explicit constexpr Stem(std::u32string_view word) {
    const bool ascii = is_ascii(word);
    std::u32string_view kept = ascii ? cut(word) : word.substr(0, 6);
    kept = kept.substr(0, kLetters);
    for (const char32_t c : kept) {
      letters_[size_++] = c;
    }
    if (ascii && word.size() > 4 && ends(word, U"ies") && size_ < kLetters) {
      letters_[size_++] = U'y';
    }
  }

  [[nodiscard]] constexpr std::u32string_view view() const { return {letters_.data(), size_}; }
  [[nodiscard]] constexpr std::uint64_t hash() const { return hash_word(view()); }

 private:
  static constexpr bool is_ascii(std::u32string_view word) {
    char32_t all = 0;
    for (const char32_t c : word) {
      all |= c;
    }
    return all < 0x80;
  }

  static constexpr bool ends(std::u32string_view word, std::u32string_view suffix) {
    return word.ends_with(suffix);
  }

  /// By the last letter: most words have no suffix.
  static constexpr std::u32string_view without_suffix(std::u32string_view word) {
    const std::size_t size = word.size();
    switch (word.back()) {
      case U'g': return size > 5 && ends(word, U"ing") ? word.substr(0, size - 3) : word;
      case U'd': return size > 4 && ends(word, U"ed") ? word.substr(0, size - 2) : word;
      case U'y': return size > 4 && ends(word, U"ly") ? word.substr(0, size - 2) : word;
      case U's': return size > 3 && !ends(word, U"ss") ? word.substr(0, size - 1) : word;
      default: return word;
    }
  }

  static constexpr bool undoubled(char32_t c) {
    return std::u32string_view(U"aeiouls").find(c) == std::u32string_view::npos;
  }

  /// For words in `ies`: all but that.
  static constexpr std::u32string_view cut(std::u32string_view word) {
    if (word.size() > 4 && ends(word, U"ies")) {
      return word.substr(0, word.size() - 3);
    }
    word = without_suffix(word);
    if (word.size() > 4 && word.back() == U'e') {
      word.remove_suffix(1);
    }
    if (word.size() > 4 && word.back() == word[word.size() - 2] && undoubled(word.back())) {
      word.remove_suffix(1);
    }
    return word;
  }

  std::array<char32_t, kLetters> letters_{};
  std::size_t size_{0};
};

}  // namespace merlon
