#include "rules/normalise_spaced.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr std::size_t kMinSpacedLetters = 5;
constexpr std::size_t kMaxSpacedLetters = 400;

bool is_word_gap(char32_t c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool separates_letters(char32_t c) {
  return c == ' ' || c == '.' || c == '-' || c == '_' || c == '*' || c == '|' || c == '/' ||
         c == '\\' || c == ',' || c == '+' || c == '~' || c == '\t' || c == 0xB7 || c == 0x2022;
}

/// Characters with one separator between them, and wider gaps between words.
struct SpacedRun {
  std::vector<std::size_t> places;  ///< of the characters
  std::vector<std::size_t> gaps;    ///< how many characters stand before each gap
  std::size_t letters{0};
  std::size_t end{0};
};

class RunReader {
 public:
  explicit RunReader(const TextUnits& units) : units_(units) {}

  /// Empty where no run begins at `begin`.
  SpacedRun read(std::size_t begin) {
    SpacedRun run;
    if (!stands_alone(begin) || begin + 2 >= units_.size()) {
      return run;
    }
    separator_ = units_[begin + 1].c;
    if (!separates_letters(separator_)) {
      return run;
    }
    for (std::size_t at = begin; at < units_.size() && run.letters < kMaxSpacedLetters;) {
      run.places.push_back(at);
      run.letters += is_letter(units_[at].c) ? 1U : 0U;
      run.end = at + 1;
      const std::size_t next = next_place(at + 1);
      if (next == 0) {
        break;
      }
      if (next > at + 2) {
        run.gaps.push_back(run.places.size());
      }
      at = next;
    }
    return run;
  }

 private:
  /// Between blanks any sign may stand for itself; between other separators letters and digits do.
  [[nodiscard]] bool is_cell(std::size_t at) const {
    const char32_t c = units_[at].c;
    return separator_ == ' ' ? !is_word_gap(c) : is_letter(c) || is_number(c);
  }

  [[nodiscard]] bool stands_alone(std::size_t at) const {
    return is_letter(units_[at].c) && (at == 0 || !is_word_char(units_[at - 1].c));
  }

  /// The next character of the run behind `at`; 0 for none.
  [[nodiscard]] std::size_t next_place(std::size_t at) const {
    std::size_t next = at;
    bool gap = false;
    while (next < units_.size() && (units_[next].c == separator_ || is_word_gap(units_[next].c))) {
      gap = gap || (next > at && is_word_gap(units_[next].c)) || units_[next].c != separator_;
      ++next;
    }
    // `a--b` is no gap and no single separator.
    const bool apart = next == at + 1 || (next > at + 1 && gap);
    return apart && next < units_.size() && is_cell(next) && is_single(next) ? next : 0;
  }

  [[nodiscard]] bool is_single(std::size_t at) const {
    if (at + 1 >= units_.size() || is_word_gap(units_[at + 1].c) ||
        units_[at + 1].c == separator_) {
      return true;
    }
    return separator_ != ' ' && !is_word_char(units_[at + 1].c);
  }

  const TextUnits& units_;
  char32_t separator_{0};
};

/// Where words end when `letters` are cut into words of the list with as few letters left over as
/// can be. A word costs less than two letters, so that longer words win.
std::vector<std::size_t> word_ends(std::string_view letters) {
  constexpr std::uint32_t kWordCost = 3;
  constexpr std::uint32_t kLetterCost = 2;
  std::vector<std::uint32_t> cost(letters.size() + 1, 0);
  std::vector<std::size_t> length(letters.size() + 1, 0);  // of a word; 0: a letter left over
  for (std::size_t i = letters.size(); i-- > 0;) {
    cost[i] = cost[i + 1] + kLetterCost;
    const std::size_t longest = std::min(kLongestDisguisedWord, letters.size() - i);
    for (std::size_t size = longest; size >= 2; --size) {
      if (cost[i + size] + kWordCost < cost[i] && is_disguised_word(letters.substr(i, size))) {
        cost[i] = cost[i + size] + kWordCost;
        length[i] = size;
      }
    }
  }
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < letters.size();) {
    if (length[i] != 0) {
      if (i > 0 && (ends.empty() || ends.back() != i)) {
        ends.push_back(i);
      }
      i += length[i];
      ends.push_back(i);
    } else {
      ++i;
    }
  }
  return ends;
}

void append_joined(TextUnits& out, const TextUnits& units, const SpacedRun& run) {
  std::vector<std::size_t> ends = run.gaps;
  if (ends.empty()) {
    std::string letters;
    for (const std::size_t place : run.places) {
      letters.push_back(units[place].c < 0x80 ? lower_latin(units[place].c) : '?');
    }
    ends = word_ends(letters);
  }
  std::size_t word = 0;
  for (std::size_t i = 0; i < run.places.size(); ++i) {
    out.push_back(units[run.places[i]]);
    if (word < ends.size() && ends[word] == i + 1) {
      ++word;
      if (i + 1 < run.places.size()) {
        out.push_back(
            {.c = ' ', .source = out.back().source_end, .source_end = out.back().source_end});
      }
    }
  }
}

}  // namespace

// A run that is joined has no two letters side by side, and takes nine bytes at least: so every
// eighth pair of bytes tells whether to look, and most of prose is passed over.
bool looks_spaced(std::string_view text) {
  constexpr std::size_t kLeastBytes = (2 * kMinSpacedLetters) - 1;
  constexpr std::size_t kStep = kLeastBytes - 1;
  const auto letter = [&](std::size_t i) {
    return is_latin_letter(static_cast<unsigned char>(text[i]));
  };
  const auto pair = [&](std::size_t i) { return letter(i) && letter(i + 1); };
  const auto joins = [&](std::size_t i) { return letter(i) || (text[i] >= '0' && text[i] <= '9'); };
  const auto alone = [&](std::size_t i) {
    return letter(i) && (i == 0 || !joins(i - 1)) && (i + 1 == text.size() || !joins(i + 1));
  };
  for (std::size_t at = 0; at + 1 < text.size(); at += kStep) {
    if (pair(at)) {
      continue;
    }
    std::size_t first = at;
    while (first > 0 && !pair(first - 1)) {
      --first;
    }
    std::size_t last = at + 1;
    while (last + 1 < text.size() && !pair(last)) {
      ++last;
    }
    std::size_t letters = 0;
    if (last - first + 1 >= kLeastBytes) {
      for (std::size_t i = first; i <= last; ++i) {
        letters += alone(i) ? 1U : 0U;
      }
    }
    if (letters >= kMinSpacedLetters) {
      return true;
    }
    at = last;
  }
  return false;
}

void join_spaced_letters(TextUnits& units) {
  TextUnits out;
  RunReader reader(units);
  std::size_t copied = 0;
  for (std::size_t i = 0; i < units.size();) {
    const SpacedRun run = reader.read(i);
    if (run.letters < kMinSpacedLetters) {
      ++i;
      continue;
    }
    out.insert(out.end(), units.begin() + static_cast<std::ptrdiff_t>(copied),
               units.begin() + static_cast<std::ptrdiff_t>(i));
    append_joined(out, units, run);
    i = run.end;
    copied = i;
  }
  if (copied == 0) {
    return;
  }
  out.insert(out.end(), units.begin() + static_cast<std::ptrdiff_t>(copied), units.end());
  units = std::move(out);
}

}  // namespace merlon
