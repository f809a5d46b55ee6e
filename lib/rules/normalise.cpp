#include "rules/normalise.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/normalise_confusables.h"

namespace merlon {
namespace {

/// A code point with the source bytes that it came from.
struct Unit {
  char32_t c{0};
  std::uint32_t source{0};
  std::uint32_t source_end{0};
};
using Units = std::vector<Unit>;

constexpr std::size_t kMaxMarks = 16;  // of one letter; stacks beyond are decoration
constexpr std::size_t kMinSpacedLetters = 5;
constexpr std::size_t kMaxSpacedLetters = 400;
constexpr std::size_t kMaxWord = 16;

template <std::size_t N>
consteval std::array<std::string_view, N> sorted_table(std::array<std::string_view, N> words) {
  std::sort(words.begin(), words.end());
  return words;
}

// Words by which spaced-out and leet text is recognised; looked up only for text that looks like
// either.
constexpr auto kLeetWords = sorted_table(std::to_array<std::string_view>({
    "access",       "admin",     "after",       "agent",        "all",          "always",
    "and",          "any",       "api",         "append",       "are",          "ask",
    "assistant",    "attach",    "bash",        "before",       "begin",        "bypass",
    "call",         "command",   "conceal",     "config",       "confidential", "content",
    "conversation", "copy",      "credential",  "credentials",  "curl",         "data",
    "delete",       "developer", "directory",   "disregard",    "do",           "download",
    "email",        "env",       "every",       "execute",      "exfiltrate",   "file",
    "files",        "first",     "follow",      "following",    "for",          "forget",
    "forward",      "from",      "get",         "hack",         "hidden",       "hide",
    "history",      "human",     "ignore",      "important",    "in",           "include",
    "inform",       "instead",   "instruction", "instructions", "it",           "keep",
    "key",          "keys",      "leak",        "log",          "mention",      "message",
    "messages",     "mode",      "must",        "my",           "never",        "new",
    "not",          "now",       "of",          "on",           "operator",     "or",
    "order",        "orders",    "output",      "override",     "password",     "passwords",
    "previous",     "print",     "prior",       "private",      "prompt",       "prompts",
    "read",         "repeat",    "reply",       "report",       "response",     "reveal",
    "root",         "rule",      "rules",       "run",          "safety",       "say",
    "secret",       "secretly",  "secrets",     "security",     "send",         "shell",
    "show",         "silently",  "ssh",         "steal",        "sudo",         "system",
    "tell",         "text",      "that",        "the",          "them",         "then",
    "this",         "to",        "token",       "tokens",       "tool",         "tools",
    "upload",       "url",       "use",         "user",         "users",        "wallet",
    "webhook",      "with",      "without",     "write",        "you",          "your",
}));

bool is_listed_word(std::string_view word) {
  return std::binary_search(kLeetWords.begin(), kLeetWords.end(), word);
}

bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char32_t c) {
  return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

// Quotes, dashes and dots that keyboards and editors put for ASCII ones; NFKC leaves them. ASCII
// stays: a backtick marks code, and rules look for it.
char32_t plain_punctuation(char32_t c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x02BC:
    case 0x00B4: return '\'';
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0x00AB:
    case 0x00BB: return '"';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212: return '-';
    case 0x2044:
    case 0x2215: return '/';
    default: return c;
  }
}

void append_cluster(Units& units, std::span<const char32_t> cluster, std::uint32_t source,
                    std::uint32_t source_end) {
  std::string composed;
  append_nfkc(composed, cluster);
  for (std::size_t at = 0; at < composed.size();) {
    const char32_t c = next_code_point(composed, at);
    if (!is_invisible(c)) {
      units.push_back({.c = c, .source = source, .source_end = source_end});
    }
  }
}

// A letter and the marks behind it. Moves `at` past them.
void append_composed(Units& units, std::string_view text, std::size_t& at, char32_t first,
                     std::size_t begin) {
  std::array<char32_t, kMaxMarks + 1> cluster{first};
  std::size_t size = 1;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0x80U) != 0) {
    std::size_t next = at;
    const char32_t mark = next_code_point(text, next);
    if (!is_mark(mark) && !is_invisible(mark)) {
      break;
    }
    if (!is_invisible(mark) && size < cluster.size()) {
      cluster[size++] = mark;
    }
    at = next;
  }
  append_cluster(units, std::span(cluster).first(size), static_cast<std::uint32_t>(begin),
                 static_cast<std::uint32_t>(at));
}

bool next_is_mark(std::string_view text, std::size_t at) {
  if (at >= text.size() || static_cast<unsigned char>(text[at]) < 0xCC) {
    return false;
  }
  return is_mark(next_code_point(text, at));
}

// Code points without invisible ones, NFKC, blanks and punctuation plain.
Units to_units(std::string_view text) {
  Units units;
  units.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    const Unit unit{.c = c,
                    .source = static_cast<std::uint32_t>(begin),
                    .source_end = static_cast<std::uint32_t>(at)};
    if (is_invisible(c)) {
      continue;
    }
    if (is_blank(c)) {
      units.push_back(
          {.c = c < 0x80 ? c : U' ', .source = unit.source, .source_end = unit.source_end});
    } else if (next_is_mark(text, at) || !is_nfkc_inert(c)) {
      append_composed(units, text, at, c, begin);
    } else {
      units.push_back(unit);
    }
  }
  for (Unit& unit : units) {
    unit.c = plain_punctuation(unit.c);
  }
  return units;
}

bool has_lookalike(const Units& units, std::size_t begin, std::size_t end) {
  bool found = false;
  for (std::size_t i = begin; i < end; ++i) {
    const char32_t c = units[i].c;
    if (is_ascii_letter(c)) {
      continue;
    }
    if (latin_lookalike(c) == 0) {
      return false;
    }
    found = true;
  }
  return found;
}

void fold_lookalike(char32_t& c) {
  const char plain = latin_lookalike(c);
  if (plain != 0) {
    c = static_cast<unsigned char>(plain);
  }
}

// A word of which one letter is really Cyrillic or Greek is left alone: it is a word of that
// language.
void fold_lookalikes(Units& units) {
  const auto is_part = [](char32_t c) { return is_letter(c) || latin_lookalike(c) != 0; };
  for (std::size_t begin = 0; begin < units.size();) {
    if (!is_part(units[begin].c)) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < units.size() && is_part(units[end].c)) {
      ++end;
    }
    if (has_lookalike(units, begin, end)) {
      for (std::size_t i = begin; i < end; ++i) {
        fold_lookalike(units[i].c);
      }
    }
    begin = end;
  }
}

// Letters joined to words of the list, longest first from every reachable place; nothing when they
// do not all fit.
std::optional<std::vector<std::size_t>> split_into_words(std::string_view letters) {
  // length[i]: of the first word of a split of letters[i..]; 0: no split.
  std::vector<std::size_t> length(letters.size() + 1, 0);
  for (std::size_t i = letters.size(); i-- > 0;) {
    for (std::size_t size = std::min(kMaxWord, letters.size() - i); size >= 2; --size) {
      const bool rest_fits = i + size == letters.size() || length[i + size] != 0;
      if (rest_fits && is_listed_word(letters.substr(i, size))) {
        length[i] = size;
        break;
      }
    }
  }
  if (letters.empty() || length[0] == 0) {
    return std::nullopt;
  }
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i < letters.size(); i += length[i]) {
    ends.push_back(i + length[i]);
  }
  return ends;
}

bool separates_letters(char32_t c) {
  return c == ' ' || c == '.' || c == '-' || c == '_' || c == '*' || c == '|' || c == '/' ||
         c == '\\' || c == ',' || c == '+' || c == '~' || c == '\t' || c == 0xB7 || c == 0x2022;
}

/// Units [begin, end): single letters with the same separator between them.
struct SpacedRun {
  std::size_t end{0};
  std::size_t letters{0};
};

SpacedRun spaced_run(const Units& units, std::size_t begin) {
  const auto letter = [&](std::size_t i) { return i < units.size() && is_letter(units[i].c); };
  const auto word = [&](std::size_t i) { return i < units.size() && is_word_char(units[i].c); };
  if (!letter(begin) || (begin > 0 && word(begin - 1)) || begin + 2 >= units.size()) {
    return {};
  }
  const char32_t separator = units[begin + 1].c;
  if (!separates_letters(separator)) {
    return {};
  }
  SpacedRun run{.end = begin + 1, .letters = 1};
  while (run.letters < kMaxSpacedLetters && run.end + 1 < units.size() &&
         units[run.end].c == separator && letter(run.end + 1) && !word(run.end + 2)) {
    run.end += 2;
    ++run.letters;
  }
  return run;
}

void append_joined(Units& out, const Units& units, std::size_t begin, const SpacedRun& run) {
  std::string letters;
  for (std::size_t i = begin; i < run.end; i += 2) {
    letters.push_back(units[i].c < 0x80 ? lower(units[i].c) : '?');
  }
  const auto ends = split_into_words(letters);
  std::size_t word = 0;
  for (std::size_t i = 0; i < run.letters; ++i) {
    out.push_back(units[begin + (2 * i)]);
    if (ends && word < ends->size() && (*ends)[word] == i + 1) {
      ++word;
      if (i + 1 < run.letters) {
        out.push_back(
            {.c = ' ', .source = out.back().source_end, .source_end = out.back().source_end});
      }
    }
  }
}

void join_spaced_letters(Units& units) {
  Units out;
  std::size_t copied = 0;
  for (std::size_t i = 0; i < units.size();) {
    const SpacedRun run = spaced_run(units, i);
    if (run.letters < kMinSpacedLetters) {
      i = std::max(i + 1, run.end);
      continue;
    }
    out.insert(out.end(), units.begin() + static_cast<std::ptrdiff_t>(copied),
               units.begin() + static_cast<std::ptrdiff_t>(i));
    append_joined(out, units, i, run);
    i = run.end;
    copied = i;
  }
  if (copied == 0) {
    return;
  }
  out.insert(out.end(), units.begin() + static_cast<std::ptrdiff_t>(copied), units.end());
  units = std::move(out);
}

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
  return is_ascii_letter(c) || leet_letter(c, 'i') != 0;
}

// Reads [begin, end) with `one` for the digit 1; true when that makes a word of the list.
bool read_leet(Units& units, std::size_t begin, std::size_t end, char one) {
  std::string word;
  for (std::size_t i = begin; i < end; ++i) {
    const char32_t c = units[i].c;
    word.push_back(is_ascii_letter(c) ? lower(c) : leet_letter(c, one));
  }
  if (!is_listed_word(word)) {
    return false;
  }
  for (std::size_t i = begin; i < end; ++i) {
    units[i].c = static_cast<unsigned char>(word[i - begin]);
  }
  return true;
}

void read_leet_word(Units& units, std::size_t begin, std::size_t end) {
  std::size_t letters = 0;
  for (std::size_t i = begin; i < end; ++i) {
    letters += is_ascii_letter(units[i].c) ? 1U : 0U;
  }
  if (letters == 0 || letters == end - begin || end - begin < 3 || end - begin > kMaxWord) {
    return;
  }
  if (read_leet(units, begin, end, 'i') || read_leet(units, begin, end, 'l')) {
    return;
  }
  // A sentence sign at the end: `pr0mpt!`.
  if (units[end - 1].c == '!') {
    read_leet_word(units, begin, end - 1);
  }
}

void fold_leet(Units& units) {
  for (std::size_t begin = 0; begin < units.size();) {
    if (!is_leet_part(units[begin].c)) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < units.size() && is_leet_part(units[end].c)) {
      ++end;
    }
    // Words that go on with other digits or letters are names and numbers.
    const bool whole = (begin == 0 || !is_word_char(units[begin - 1].c)) &&
                       (end == units.size() || !is_word_char(units[end].c));
    if (whole) {
      read_leet_word(units, begin, end);
    }
    begin = end;
  }
}

DerivedText to_text(const Units& units) {
  DerivedText out;
  out.text.reserve(units.size());
  for (const Unit& unit : units) {
    const std::size_t at = out.text.size();
    append_utf8(out.text, unit.c);
    if (out.text.size() - at == unit.source_end - unit.source) {
      out.places.linear(at, unit.source);
    } else {
      out.places.block(at, unit.source, unit.source_end);
    }
  }
  return out;
}

bool strip_accents(Units& units) {
  bool changed = false;
  Units out;
  out.reserve(units.size());
  for (const Unit& unit : units) {
    if (is_mark(unit.c)) {
      changed = true;
      continue;
    }
    const char32_t plain = without_accents(unit.c);
    const bool latin = plain < 0x80 && plain != unit.c;
    changed = changed || latin;
    out.push_back(
        {.c = latin ? plain : unit.c, .source = unit.source, .source_end = unit.source_end});
  }
  units = std::move(out);
  return changed;
}

// Letters of which none has a letter beside it, five and more in a row: i.g.n.o.r.e. That is eight
// turns between letters and others in a row, so that every eighth place tells whether to look.
bool looks_spaced(std::string_view text) {
  constexpr std::size_t kTurns = (2 * kMinSpacedLetters) - 2;
  const auto letter = [&](std::size_t i) {
    return is_ascii_letter(static_cast<unsigned char>(text[i]));
  };
  const auto turns = [&](std::size_t i) { return letter(i) != (i > 0 && letter(i - 1)); };
  for (std::size_t at = kTurns - 1; at < text.size(); at += kTurns) {
    if (!turns(at)) {
      continue;
    }
    std::size_t first = at;
    while (at - first < kTurns && first > 0 && turns(first - 1)) {
      --first;
    }
    std::size_t end = at + 1;
    while (end - first < kTurns && end < text.size() && turns(end)) {
      ++end;
    }
    if (end - first >= kTurns) {
      return true;
    }
  }
  return false;
}

bool reads_as_listed_word(std::string_view token) {
  for (const char one : {'i', 'l'}) {
    std::string word;
    for (const char c : token) {
      const auto u = static_cast<unsigned char>(c);
      word.push_back(is_ascii_letter(u) ? lower(u) : leet_letter(u, one));
    }
    if (word != to_lower_ascii(token) && is_listed_word(word)) {
      return true;
    }
  }
  return false;
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

// A word of the list with a digit or sign for a letter. From sign to sign: most texts have few.
bool looks_leet(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!kLeetSigns[byte(at)]) {
      continue;
    }
    // Letters only: a sign before them would have taken this one along.
    std::size_t begin = at;
    while (begin > 0 && is_ascii_letter(byte(begin - 1))) {
      --begin;
    }
    bool letters = begin < at;
    std::size_t end = at + 1;
    for (; end < text.size() && is_leet_part(byte(end)); ++end) {
      letters = letters || is_ascii_letter(byte(end));
    }
    if (letters && end - begin <= kMaxWord + 2 && is_leet_word(text.substr(begin, end - begin))) {
      return true;
    }
    at = end - 1;
  }
  return false;
}

}  // namespace

bool may_change_when_normalised(std::string_view text) {
  return !is_ascii(text) || looks_spaced(text) || looks_leet(text);
}

std::vector<DerivedText> normalise(std::string_view text) {
  std::vector<DerivedText> out;
  Units units = to_units(text);
  fold_lookalikes(units);
  join_spaced_letters(units);
  fold_leet(units);
  out.push_back(to_text(units));
  if (strip_accents(units)) {
    fold_leet(units);
    out.push_back(to_text(units));
  }
  return out;
}

}  // namespace merlon
