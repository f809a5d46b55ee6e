#include "rules/normalise_leet.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "base/byte_search.h"
#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr std::size_t kShortestLeetWord = 3;
constexpr std::size_t kLongestLeetToken = kLongestDisguisedWord + 2;  // with signs of a sentence
// So many words of letters and digits make a text a leet one, of which all words are read.
constexpr std::size_t kLeetWords = 3;

constexpr char leet_letter(char32_t c, char one) {
  switch (c) {
    case '0': return 'o';
    case '1': return one;
    case '3': return 'e';
    case '4':
    case '@': return 'a';
    case '5':
    case '$': return 's';
    case '7':
    case '+': return 't';
    case '8': return 'b';
    case '!':
    case '|': return one;
    default: return '\0';
  }
}

bool is_leet_part(char32_t c) {
  return is_latin_letter(c) || leet_letter(c, 'i') != 0;
}

bool is_leet_digit(char32_t c) {
  return c >= '0' && c <= '8' && leet_letter(c, 'i') != 0;
}

/// `pr3v10us`: letters and digits that stand for some, no signs, and a digit before a letter: names
/// such as `python3` end in digits.
template <class Letter>
bool is_mixed_word(std::size_t size, Letter letter) {
  bool digit = false;
  bool mixed = false;
  for (std::size_t i = 0; i < size; ++i) {
    if (is_leet_digit(letter(i))) {
      digit = true;
    } else if (is_latin_letter(letter(i))) {
      mixed = mixed || digit;
    } else {
      return false;
    }
  }
  return size >= kShortestLeetWord && mixed;
}

std::string read_word(const TextUnits& units, std::size_t begin, std::size_t end, char one) {
  std::string word;
  for (std::size_t i = begin; i < end; ++i) {
    const char32_t c = units[i].c;
    word.push_back(is_latin_letter(c) ? lower_latin(c) : leet_letter(c, one));
  }
  return word;
}

void write_word(TextUnits& units, std::size_t begin, std::string_view word) {
  for (std::size_t i = 0; i < word.size(); ++i) {
    units[begin + i].c = static_cast<unsigned char>(word[i]);
  }
}

/// Writes the reading of [begin, end) that makes a word of the list, if one does.
bool write_listed(TextUnits& units, std::size_t begin, std::size_t end) {
  for (const char one : {'i', 'l'}) {
    if (const std::string word = read_word(units, begin, end, one); is_disguised_word(word)) {
      write_word(units, begin, word);
      return true;
    }
  }
  return false;
}

void read_leet_word(TextUnits& units, std::size_t begin, std::size_t end) {
  std::size_t letters = 0;
  for (std::size_t i = begin; i < end; ++i) {
    letters += is_latin_letter(units[i].c) ? 1U : 0U;
  }
  if (letters == 0 || letters == end - begin || end - begin < kShortestLeetWord ||
      end - begin > kLongestDisguisedWord || write_listed(units, begin, end)) {
    return;
  }
  // A sentence sign at the end: `pr0mpt!`.
  if (units[end - 1].c == '!') {
    read_leet_word(units, begin, end - 1);
  }
}

/// Calls `on_word(begin, end)` for every run of characters of which `is_part` holds.
template <class IsPart, class OnWord>
void for_each_run(const TextUnits& units, IsPart is_part, OnWord on_word) {
  for (std::size_t begin = 0; begin < units.size();) {
    std::size_t end = begin;
    while (end < units.size() && is_part(units[end].c)) {
      ++end;
    }
    if (end > begin) {
      on_word(begin, end);
    }
    begin = end + 1;
  }
}

/// Words that go on with other digits or letters are names and numbers.
bool is_whole_leet_word(const TextUnits& units, std::size_t begin, std::size_t end) {
  return (begin == 0 || !is_word_char(units[begin - 1].c)) &&
         (end == units.size() || !is_word_char(units[end].c));
}

bool is_plain_leet(char32_t c) {
  return is_latin_letter(c) || is_leet_digit(c);
}

/// What stands before a word that counts. Times (`05T10:00:00Z`), paths, digests and encoded data
/// have letters and digits behind other signs.
bool begins_leet_word(char32_t before) {
  if (before >= 0x80) {
    return is_blank(before);
  }
  return before <= ' ' || before == '"' || before == '\'' || before == '(' || before == '[' ||
         before == '{' || before == '<';
}

/// Whether characters [begin, end), all there are of plain ones, count towards a leet text.
template <class Character>
bool counts_as_leet(Character character, std::size_t begin, std::size_t end, std::size_t size) {
  return (begin == 0 || begins_leet_word(character(begin - 1))) &&
         (end == size || !is_word_char(character(end))) &&
         is_mixed_word(end - begin, [&](std::size_t i) { return character(begin + i); });
}

bool is_leet_text(const TextUnits& units) {
  std::size_t mixed = 0;
  const auto character = [&units](std::size_t i) { return units[i].c; };
  for_each_run(units, is_plain_leet, [&](std::size_t begin, std::size_t end) {
    mixed += counts_as_leet(character, begin, end, units.size()) ? 1U : 0U;
  });
  return mixed >= kLeetWords;
}

/// Every word of a leet text; numbers only where they make a word of the list (`70`), or the `5` of
/// `u53r'5`.
void read_leet_text(TextUnits& units) {
  for_each_run(units, is_plain_leet, [&](std::size_t begin, std::size_t end) {
    if (write_listed(units, begin, end)) {
      return;
    }
    const bool has_letter =
        std::any_of(units.begin() + static_cast<std::ptrdiff_t>(begin),
                    units.begin() + static_cast<std::ptrdiff_t>(end),
                    [](const TextUnit& unit) { return is_latin_letter(unit.c); });
    const bool ending = begin > 0 && units[begin - 1].c == '\'' && end - begin == 1;
    if (has_letter || ending) {
      write_word(units, begin, read_word(units, begin, end, 'i'));
    }
  });
}

bool reads_as_listed_word(std::string_view token) {
  std::array<char, kLongestLeetToken> word{};
  const auto reads_with = [&](char one) {
    bool disguised = false;
    for (std::size_t i = 0; i < token.size(); ++i) {
      const auto u = static_cast<unsigned char>(token[i]);
      word.at(i) = is_latin_letter(u) ? lower_latin(u) : leet_letter(u, one);
      disguised = disguised || !is_latin_letter(u);
    }
    return disguised && is_disguised_word({word.data(), token.size()});
  };
  // Few signs can be two letters.
  return reads_with('i') ||
         (token.find_first_of("1!|") != std::string_view::npos && reads_with('l'));
}

// As read_leet_word reads it: a sign at the end is a letter first (`al!`), and then a sentence's.
bool is_leet_word(std::string_view token) {
  while (!reads_as_listed_word(token)) {
    if (!token.ends_with('!')) {
      return false;
    }
    token.remove_suffix(1);
  }
  return true;
}

constexpr std::array<bool, 256> make_leet_signs() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) {
    table[c] = leet_letter(static_cast<char32_t>(c), 'i') != 0;
  }
  return table;
}
constexpr std::array<bool, 256> kLeetSigns = make_leet_signs();

/// All of them, and `2` and `6`: `0` to `7` have their upper bits in common.
constexpr auto may_be_leet_sign = [](auto c) {
  return ((c & 0xF8) == '0') | (c == '8') | (c == '@') | (c == '$') | (c == '+') | (c == '!') |
         (c == '|');
};
static_assert([] {
  for (std::size_t c = 0; c < kLeetSigns.size(); ++c) {
    if (kLeetSigns[c] && !may_be_leet_sign(static_cast<unsigned char>(c))) {
      return false;
    }
  }
  return true;
}());

constexpr std::array<bool, 256> make_leet_parts() {
  std::array<bool, 256> table = make_leet_signs();
  for (std::size_t c = 0; c < table.size(); ++c) {
    table[c] = table[c] || is_latin_letter(static_cast<char32_t>(c));
  }
  return table;
}
constexpr std::array<bool, 256> kLeetParts = make_leet_parts();

}  // namespace

// From sign to sign: most texts have few.
bool looks_leet(std::string_view text) {
  const auto byte = [text](std::size_t i) -> char32_t {
    return static_cast<unsigned char>(text[i]);
  };
  std::size_t mixed = 0;
  for (std::size_t at = find_byte_if(text, 0, may_be_leet_sign); at < text.size();
       at = find_byte_if(text, at + 1, may_be_leet_sign)) {
    if (!kLeetSigns[byte(at)]) {
      continue;
    }
    // Letters only: a sign before them would have taken this one along.
    std::size_t begin = at;
    while (begin > 0 && is_latin_letter(byte(begin - 1))) {
      --begin;
    }
    bool letters = begin < at;
    std::size_t end = at + 1;
    for (; end < text.size() && kLeetParts[byte(end)]; ++end) {
      letters = letters || is_latin_letter(byte(end));
    }
    at = end - 1;
    if (!letters) {
      continue;
    }
    const std::string_view token = text.substr(begin, end - begin);
    if (begin == 0 || begins_leet_word(byte(begin - 1))) {
      std::size_t plain = begin;
      while (plain < end && is_plain_leet(byte(plain))) {
        ++plain;
      }
      mixed += counts_as_leet(byte, begin, plain, text.size()) ? 1U : 0U;
    }
    const bool whole = (begin == 0 || !is_word_char(byte(begin - 1))) &&
                       (end == text.size() || !is_word_char(byte(end)));
    if (mixed >= kLeetWords ||
        (whole && token.size() <= kLongestLeetToken && is_leet_word(token))) {
      return true;
    }
  }
  return false;
}

void fold_leet(TextUnits& units) {
  const bool leet_text = is_leet_text(units);
  for_each_run(units, is_leet_part, [&](std::size_t begin, std::size_t end) {
    if (is_whole_leet_word(units, begin, end)) {
      read_leet_word(units, begin, end);
    }
  });
  if (leet_text) {
    read_leet_text(units);
  }
}

}  // namespace merlon
