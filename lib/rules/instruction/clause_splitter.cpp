#include "rules/instruction/clause_splitter.h"

#include <algorithm>
#include <array>

#include "rules/instruction/letters.h"

namespace merlon {
namespace {

constexpr std::uint32_t kMaxClause = 600;
constexpr std::uint32_t kMinChunk = 400;
constexpr std::uint32_t kTagReach = 24;
constexpr std::uint32_t kAbbreviationReach = 8;
constexpr std::uint64_t kAnd = hash_ascii("and");

bool is_one_of_tokens(char32_t c, std::u32string_view set) {
  return set.find(c) != std::u32string_view::npos;
}

bool has_letter(std::u32string_view text) {
  return std::any_of(text.begin(), text.end(), [](char32_t c) { return is_letter(c); });
}

}  // namespace

struct ClauseSplitter::Word {
  std::uint32_t begin{0};
  std::uint32_t end{0};
  std::uint64_t hash{0};
  std::uint32_t flags{0};
  bool capital{false};
  bool shouted{false};  ///< more than one letter, all capitals
};

struct ClauseSplitter::Line {
  const PlainText& text;
  std::vector<SplitClause>& out;
  std::uint32_t begin{0};  ///< behind a header or bullet
  std::uint32_t end{0};
  bool parameter{false};
  bool item{false};
  bool first{true};  ///< no sentence of the line was added yet
};

void ClauseSplitter::split(const PlainText& text, std::vector<SplitClause>& out) {
  section_ = TextSection::kNone;
  line_begin_ = static_cast<std::uint32_t>(letters_.size());
  origins_.clear();
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= text.letters.size(); ++at) {
    if (at < text.letters.size() && text.letters[at] != '\n' && text.letters[at] != '\r') {
      continue;
    }
    std::size_t first = begin;
    std::size_t last = at;
    begin = at + 1;
    while (first < last && is_space(text.letters[first])) {
      ++first;
    }
    while (first < last && is_space(text.letters[last - 1])) {
      --last;
    }
    const std::u32string_view line(text.letters.data() + first, last - first);
    const bool continues = !line.empty() && !origins_.empty() && is_lower(line.front()) &&
                           !is_one_of_tokens(letters_.back(), U".!?:;\x3002\xFF01\xFF1F") &&
                           !is_parameter(line);
    if (!continues) {
      flush_line(text, out);
    }
    if (!line.empty()) {
      add_physical_line(text, first, last);
    }
  }
  flush_line(text, out);
}

void ClauseSplitter::add_physical_line(const PlainText& text, std::size_t begin, std::size_t end) {
  if (!origins_.empty()) {
    letters_.push_back(' ');
    origins_.push_back(origins_.back());
  }
  letters_.insert(letters_.end(), text.letters.begin() + static_cast<std::ptrdiff_t>(begin),
                  text.letters.begin() + static_cast<std::ptrdiff_t>(end));
  for (std::size_t at = begin; at < end; ++at) {
    origins_.push_back(static_cast<std::uint32_t>(at));
  }
}

void ClauseSplitter::flush_line(const PlainText& text, std::vector<SplitClause>& out) {
  if (origins_.empty()) {
    return;
  }
  Line line{.text = text, .out = out};
  line.begin = line_begin_;
  line.end = static_cast<std::uint32_t>(letters_.size());
  const auto header = read_header(letters(line.begin, line.end));
  if (header) {
    section_ = header->section;
    line.begin += static_cast<std::uint32_t>(header->rest);
  } else {
    line.parameter = is_parameter(letters(line.begin, line.end));
  }
  line.item = is_item(letters(line.begin, line.end));
  line.begin += static_cast<std::uint32_t>(bullet_length(letters(line.begin, line.end)));
  cut_sentences(line);
  origins_.clear();
  line_begin_ = static_cast<std::uint32_t>(letters_.size());
}

void ClauseSplitter::cut_sentences(Line& line) {
  std::uint32_t start = line.begin;
  for (std::uint32_t at = line.begin; at < line.end; ++at) {
    const char32_t c = letters_[at];
    if (c < 0x80 && (is_ascii_letter(c) || c == ' ')) {
      continue;
    }
    if (ends_sentence(line, at)) {
      add_sentence(line, start, at + 1);
      start = at + 1;
    } else if (is_inline_bullet(line, start, at)) {
      add_sentence(line, start, at);
      start = at + 1;
    } else if (begins_tag(line, start, at)) {
      add_sentence(line, start, at);
      start = at;
    }
  }
  add_sentence(line, start, line.end);
}

bool ClauseSplitter::ends_sentence(const Line& line, std::uint32_t at) const {
  const char32_t c = letters_[at];
  if (is_one_of_tokens(c, U"\x3002\xFF01\xFF1F\xFF1B")) {
    return true;
  }
  if (!is_one_of_tokens(c, U".!?;")) {
    return false;
  }
  if (at + 1 >= line.end) {
    return true;
  }
  const char32_t next = letters_[at + 1];
  if (!is_space(next) && !is_one_of_tokens(next, U"\"')]}*`")) {
    return false;
  }
  const std::uint32_t from = at - std::min(at - line.begin, kAbbreviationReach);
  return c != '.' || !ends_in_abbreviation(letters(from, at));
}

bool ClauseSplitter::is_inline_bullet(const Line& line, std::uint32_t start,
                                      std::uint32_t at) const {
  const char32_t c = letters_[at];
  if ((c != '-' && c != '*' && c != 0x2022) || at <= start || at + 1 >= line.end ||
      letters_[at - 1] != ' ' || letters_[at + 1] != ' ') {
    return false;
  }
  const Range before = stripped({start, at});
  if (before.begin == before.end ||
      is_one_of_tokens(letters_[before.end - 1], U":.)\xFF1A\x3002")) {
    return true;
  }
  return c != '*' && is_cjk(letters_[at - std::min(at - line.begin, 2U)]);
}

bool ClauseSplitter::begins_tag(const Line& line, std::uint32_t start, std::uint32_t at) const {
  if (letters_[at] != '<' || at <= start) {
    return false;
  }
  const std::uint32_t end = std::min(line.end, at + kTagReach);
  std::uint32_t name = at + 1;
  if (name < end && letters_[name] == '/') {
    ++name;
  }
  std::uint32_t behind = name;
  while (behind < end &&
         (is_word(letters_[behind]) || letters_[behind] == ':' || letters_[behind] == '-')) {
    ++behind;
  }
  if (behind >= end || letters_[behind] != '>' || behind - name < 3 ||
      !is_ascii_letter(letters_[name])) {
    return false;
  }
  const Range before = stripped({start, at});
  return before.begin != before.end;
}

ClauseSplitter::Range ClauseSplitter::stripped(Range range) const {
  while (range.begin < range.end && is_space(letters_[range.begin])) {
    ++range.begin;
  }
  while (range.begin < range.end && is_space(letters_[range.end - 1])) {
    --range.end;
  }
  return range;
}

void ClauseSplitter::add_sentence(Line& line, std::uint32_t begin, std::uint32_t end) {
  Range rest = stripped({begin, end});
  if (rest.begin == rest.end) {
    return;
  }
  bool parameter = line.parameter && line.first;
  line.first = false;
  if (!has_letter(letters(rest.begin, rest.end))) {
    return;
  }
  // A sentence without end is cut, so that it can neither dilute nor hide what stands in it.
  while (rest.end - rest.begin > kMaxClause) {
    std::uint32_t cut = rest.begin + kMaxClause;
    for (std::uint32_t at = cut - 1; at >= rest.begin + kMinChunk; --at) {
      if (letters_[at] == ' ') {
        cut = at;
        break;
      }
    }
    add_chunk(line, stripped({rest.begin, cut}), parameter);
    parameter = false;
    rest = stripped({cut, rest.end});
  }
  add_chunk(line, rest, parameter);
}

void ClauseSplitter::add_chunk(const Line& line, Range chunk, bool parameter) {
  Word before;
  Word word;
  Word follower;
  std::uint32_t start = chunk.begin;
  bool more = next_word(chunk, chunk.begin, word);
  for (std::size_t number = 0; more; ++number) {
    follower = Word();
    more = next_word(chunk, word.end, follower);
    if (number > 0 && begins_command(chunk, before, word, follower, number == 1)) {
      add_clause(line, {start, word.begin}, parameter && start == chunk.begin);
      start = word.begin;
    }
    before = word;
    word = follower;
  }
  add_clause(line, {start, chunk.end}, parameter && start == chunk.begin);
}

void ClauseSplitter::add_clause(const Line& line, Range range, bool parameter) {
  range = stripped(range);
  if (!has_letter(letters(range.begin, range.end))) {
    return;
  }
  SplitClause clause;
  clause.begin = range.begin;
  clause.end = range.end;
  clause.source_begin = line.text.source[origins_[range.begin - line_begin_]];
  clause.source_end = line.text.source[origins_[range.end - 1 - line_begin_] + 1];
  clause.section = section_;
  clause.parameter = parameter;
  clause.item = line.item;
  line.out.push_back(clause);
}

bool ClauseSplitter::next_word(Range chunk, std::uint32_t from, Word& out) const {
  std::uint32_t at = from;
  while (at < chunk.end && !is_word_letter(letters_[at])) {
    ++at;
  }
  if (at == chunk.end) {
    return false;
  }
  out.begin = at;
  std::uint64_t hash = kHashSeed;
  bool lower = false;
  bool upper = false;
  const auto take = [&] {
    while (at < chunk.end && is_word_letter(letters_[at])) {
      const char32_t c = letters_[at++];
      if (c < 0x80) {  // a letter, so one bit tells its case
        lower = lower || (c & 0x20U) != 0;
        upper = upper || (c & 0x20U) == 0;
        hash = hash_step(hash, c | 0x20U);
        continue;
      }
      lower = lower || is_lower(c);
      upper = upper || is_upper(c);
      hash = hash_step(hash, to_lower(c));
    }
  };
  take();
  if (at + 1 < chunk.end && letters_[at] == '\'' && is_word_letter(letters_[at + 1])) {
    hash = hash_step(hash, letters_[at++]);
    take();
  }
  out.end = at;
  out.hash = finish_hash(hash);
  out.capital = is_upper(letters_[out.begin]);
  out.shouted = out.end - out.begin > 1 && upper && !lower;
  const std::size_t slot = find_slot(model_.words, out.hash);
  out.flags = slot < model_.words.size() ? model_.words[slot].flags : 0;
  return true;
}

bool ClauseSplitter::begins_command(Range chunk, const Word& before, const Word& word,
                                    const Word& follower, bool second) const {
  const char32_t previous = letters_[word.begin - 1];
  if (word.begin == chunk.begin || (previous != ' ' && previous != '\t')) {
    return false;
  }
  const Range range = stripped({before.end, word.begin});
  const std::u32string_view gap = letters(range.begin, range.end);
  const bool has_follower = follower.end != 0;
  constexpr std::uint32_t kOpens = kWordVerb | kWordWh | kWordPolite | kWordRunOn;
  if (word.capital && !word.shouted && (word.flags & kOpens) != 0 && has_follower) {
    return (gap.empty() && !before.capital) ||
           (gap.size() == 1 && is_one_of_tokens(gap.front(), U")]}`'\"*>")) || gap == U"...";
  }
  if (!has_follower || (follower.flags & kWordVerb) == 0) {
    return false;
  }
  if ((word.flags & kWordPolite) != 0 &&
      (gap.empty() || gap == U"," || gap == U")" || gap == U"]")) {
    return true;
  }
  return (word.flags & kWordJoin) != 0 && (gap == U"," || (before.hash == kAnd && !second));
}

}  // namespace merlon
