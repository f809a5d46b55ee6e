#include "base/regex/literals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "base/regex/folded_text.h"
#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr std::size_t kMinLiteral = 3;
constexpr std::size_t kMaxLiteral = 48;   // longer ones are cut into two
constexpr std::size_t kMaxExact = 24;     // strings of one exact set
constexpr std::size_t kMaxRequired = 64;  // strings of one answer
constexpr std::size_t kMaxSets = 3;
constexpr int kMaxNesting = 100;

// Lengths are in code points of the folded text and stop at kNoReach.
std::size_t add_lengths(std::size_t a, std::size_t b) {
  return b > kNoReach - a ? kNoReach : a + b;
}
std::size_t multiply_length(std::size_t length, std::size_t times) {
  if (length == 0 || times == 0) {
    return 0;
  }
  return length > kNoReach / times ? kNoReach : length * times;
}

/// Literals of which each match contains one, and how far behind the match's beginning at most.
struct NeededSet {
  LiteralSet literals;
  std::size_t reach{kNoReach};
};

/// What is known about all matches of a part of the pattern. Exact: they are `strings`, folded, and
/// no others. Otherwise each match contains one string of each of `sets`.
struct Part {
  bool exact{false};
  LiteralSet strings;
  std::vector<NeededSet> sets;
  std::size_t token_run{0};      ///< token bytes in a row, at least
  std::size_t digit_run{0};      ///< digits in a row, at least
  bool token_class{false};       ///< one character, which is a token byte
  bool digit_class{false};       ///< one character, which is a digit of any script
  std::size_t length{kNoReach};  ///< at most
};

Part unknown(std::size_t length = kNoReach) {
  Part part;
  part.length = length;
  return part;
}
Part exactly(LiteralSet strings) {
  std::size_t length = 0;
  for (const std::string& string : strings) {
    length = std::max(length, count_code_points(string));
  }
  return {.exact = true, .strings = std::move(strings), .length = length};
}
Part digit() {
  Part part = unknown(1);
  part.digit_class = true;
  return part;
}
Part zero_width() {
  return exactly({""});
}

void unique(LiteralSet& strings) {
  std::sort(strings.begin(), strings.end());
  strings.erase(std::unique(strings.begin(), strings.end()), strings.end());
}

// Bits of surprise in one byte of English technical prose.
double surprise(char c) {
  constexpr std::string_view kByRank = " etaoinsrlcdupmhgfbywvk";
  const std::size_t rank = kByRank.find(c);
  if (rank == std::string_view::npos) {
    return 8;
  }
  return 2.6 + (0.2 * static_cast<double>(rank));
}

// Words of tool descriptions that are far more frequent than their letters say, in bits.
double surprise(const std::string& literal) {
  constexpr std::array<std::string_view, 48> kCommon{
      "the",   "and",   "for",  "use",  "user", "with",   "this",  "that", "from",   "name",
      "data",  "file",  "all",  "any",  "not",  "will",   "can",   "tool", "get",    "list",
      "set",   "call",  "read", "time", "must", "only",   "value", "text", "string", "api",
      "info",  "type",  "you",  "your", "are",  "when",   "into",  "show", "send",   "write",
      "query", "token", "path", "http", "json", "before", "key",   "date"};
  double bits = 0;
  for (const char c : literal) {
    bits += surprise(c);
  }
  const std::string_view trimmed = trim(literal);
  const bool common = std::find(kCommon.begin(), kCommon.end(), trimmed) != kCommon.end();
  return common ? std::min(bits, 6.0) : bits;
}

// How telling a set is: the surprise, in bits, of meeting one of its literals. 0: unusable.
double worth(const LiteralSet& strings) {
  if (strings.empty() || strings.size() > kMaxRequired) {
    return 0;
  }
  double chance = 0;
  for (const std::string& s : strings) {
    if (s.size() < kMinLiteral) {
      return 0;
    }
    chance += std::exp2(-surprise(s));
  }
  return std::max(-std::log2(chance), 0.1);
}

std::string join_folded(const std::string& a, const std::string& b) {
  // Two runs of blanks that meet are one run.
  if (!a.empty() && !b.empty() && a.back() == ' ' && b.front() == ' ') {
    return a + b.substr(1);
  }
  return a + b;
}

std::optional<LiteralSet> cross(const LiteralSet& a, const LiteralSet& b) {
  if (a.size() * b.size() > kMaxExact) {
    return std::nullopt;
  }
  LiteralSet out;
  for (const std::string& x : a) {
    for (const std::string& y : b) {
      out.push_back(join_folded(x, y));
      if (out.back().size() > kMaxLiteral) {
        return std::nullopt;
      }
    }
  }
  unique(out);
  return out;
}

/// Keeps the most telling sets, best first.
void keep_best(std::vector<NeededSet>& sets, NeededSet candidate) {
  const double value = worth(candidate.literals);
  if (value <= 0) {
    return;
  }
  const auto same = std::find_if(sets.begin(), sets.end(), [&](const NeededSet& set) {
    return set.literals == candidate.literals;
  });
  if (same != sets.end()) {
    same->reach = std::min(same->reach, candidate.reach);
    return;
  }
  const auto place = std::find_if(
      sets.begin(), sets.end(), [&](const NeededSet& set) { return worth(set.literals) < value; });
  sets.insert(place, std::move(candidate));
  if (sets.size() > kMaxSets) {
    sets.pop_back();
  }
}

/// Parts one after the other. Keeps the best sets seen and the exact strings that the newest parts
/// make.
class Sequence {
 public:
  void append(const Part& part) {
    token_run_ = std::max(token_run_, part.token_run);
    digit_run_ = std::max(digit_run_, part.digit_run);
    const std::size_t begin = length_;
    length_ = add_lengths(length_, part.length);
    if (!part.exact) {
      keep_current();
      for (const NeededSet& set : part.sets) {
        keep_best(sets_, {.literals = set.literals, .reach = add_lengths(begin, set.reach)});
      }
      start({""}, length_);
      return;
    }
    if (auto joined = cross(current_, part.strings)) {
      current_ = std::move(*joined);
      return;
    }
    keep_current();
    start(part.strings, begin);
  }

  [[nodiscard]] Part finish() && {
    Part out;
    if (!broken_) {
      out = exactly(std::move(current_));
    } else {
      keep_current();
      out.sets = std::move(sets_);
    }
    out.token_run = token_run_;
    out.digit_run = digit_run_;
    out.length = length_;
    return out;
  }

 private:
  void keep_current() {
    keep_best(sets_, {.literals = std::move(current_), .reach = current_begin_});
  }
  void start(LiteralSet strings, std::size_t begin) {
    current_ = std::move(strings);
    current_begin_ = begin;
    broken_ = true;
  }

  std::vector<NeededSet> sets_;
  LiteralSet current_{""};
  std::size_t current_begin_{0};  ///< behind the sequence's beginning, at most
  std::size_t length_{0};         ///< of all parts, at most
  std::size_t token_run_{0};
  std::size_t digit_run_{0};
  bool broken_{false};
};

struct Repeat {
  std::uint32_t min{1};
  std::size_t max{kNoReach};
  bool more{false};  ///< may come more often than `min`
  bool once_at_most{false};
};

/// What is in a character class.
struct ClassFacts {
  std::set<std::string> members;  ///< single characters, folded
  bool open{false};               ///< there are others
  bool token{true};               ///< all are token bytes
  bool digit{true};               ///< all are digits
};

// Letters and digits between two of the same kind.
bool is_token_range(char32_t low, char32_t high) {
  const auto both = [&](char32_t first, char32_t last) { return low >= first && high <= last; };
  return both('a', 'z') || both('A', 'Z') || both('0', '9');
}

class LiteralParser {
 public:
  explicit LiteralParser(std::string_view pattern) : pattern_(pattern) {}

  // The answer for the whole pattern; empty when something was not understood.
  PatternNeeds run() {
    Part part = alternatives(0);
    if (failed_ || at_ != pattern_.size()) {
      return {};
    }
    if (part.exact) {
      keep_best(part.sets, {.literals = std::move(part.strings), .reach = 0});
    }
    PatternNeeds out{
        .sets = {}, .reaches = {}, .token_run = part.token_run, .digit_run = part.digit_run};
    for (NeededSet& set : part.sets) {
      out.sets.push_back(std::move(set.literals));
      out.reaches.push_back(set.reach);
    }
    return out;
  }

 private:
  [[nodiscard]] bool at_end() const { return failed_ || at_ >= pattern_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool looking_at(std::string_view word) const {
    return pattern_.substr(at_).starts_with(word);
  }
  Part give_up() {
    failed_ = true;
    return unknown();
  }

  Part alternatives(int depth);
  static Part join_alternatives(std::vector<Part>& parts);
  static NeededSet one_of_each(std::vector<Part>& parts);
  Part sequence(int depth);
  Part item(int depth);
  Part group(int depth);
  Part escape();
  Part braced_escape(char kind);
  Part bracket();
  Part literal(char32_t c);
  std::optional<Repeat> repeat();
  static Part repeated(Part part, const Repeat& repeat, Sequence& sequence);
  bool skip_group_name(char closing);
  bool skip_flags(bool& opens_group);
  bool class_escape(ClassFacts& facts);
  bool read_class_item(ClassFacts& facts);

  std::string_view pattern_;
  std::size_t at_{0};
  bool failed_{false};
};

Part LiteralParser::alternatives(int depth) {
  if (depth > kMaxNesting) {
    return give_up();
  }
  std::vector<Part> parts{sequence(depth)};
  while (!at_end() && peek() == '|') {
    ++at_;
    parts.push_back(sequence(depth));
  }
  if (failed_) {
    return unknown();
  }
  if (parts.size() == 1) {
    return std::move(parts.front());
  }
  return join_alternatives(parts);
}

Part LiteralParser::join_alternatives(std::vector<Part>& parts) {
  bool exact = true;
  LiteralSet all;
  std::size_t token_run = parts.front().token_run;
  std::size_t digit_run = parts.front().digit_run;
  std::size_t length = 0;
  for (const Part& part : parts) {
    exact = exact && part.exact;
    token_run = std::min(token_run, part.token_run);
    digit_run = std::min(digit_run, part.digit_run);
    length = std::max(length, part.length);
    all.insert(all.end(), part.strings.begin(), part.strings.end());
  }
  unique(all);
  Part out;
  if (exact && all.size() <= kMaxExact) {
    out = exactly(std::move(all));
  } else {
    keep_best(out.sets, one_of_each(parts));
  }
  out.token_run = token_run;
  out.digit_run = digit_run;
  out.length = length;
  return out;
}

// Not all matches can be listed: one set that has a literal of every alternative; empty when one
// has none.
NeededSet LiteralParser::one_of_each(std::vector<Part>& parts) {
  NeededSet required{.literals = {}, .reach = 0};
  for (Part& part : parts) {
    if (part.exact) {
      keep_best(part.sets, {.literals = std::move(part.strings), .reach = 0});
    }
    if (part.sets.empty()) {
      return {};
    }
    const NeededSet& best = part.sets.front();
    required.literals.insert(required.literals.end(), best.literals.begin(), best.literals.end());
    required.reach = std::max(required.reach, best.reach);
  }
  unique(required.literals);
  return required;
}

Part LiteralParser::sequence(int depth) {
  Sequence out;
  while (!at_end() && peek() != '|' && peek() != ')') {
    const Part part = item(depth);
    if (failed_) {
      return unknown();
    }
    const auto count = repeat();
    if (!count) {
      out.append(part);
      continue;
    }
    const Part rest = repeated(part, *count, out);
    out.append(rest);
    if (repeat()) {
      return give_up();
    }  // a repeated repetition
  }
  return std::move(out).finish();
}

// What a repeated part adds to its sequence: appends what is certain and answers with the rest.
Part LiteralParser::repeated(Part part, const Repeat& repeat, Sequence& sequence) {
  const bool token_class = std::exchange(part.token_class, false);
  const bool digit_class = std::exchange(part.digit_class, false);
  const bool blank = part.exact && part.strings == LiteralSet{" "};
  if (blank) {  // any number of blanks is one in the folded text
    if (repeat.min == 0) {
      part.strings = {"", " "};
    }
    return part;
  }
  const std::size_t length = multiply_length(part.length, repeat.max);
  if (repeat.min == 0) {
    if (!part.exact || !repeat.once_at_most) {
      return unknown(length);
    }
    part.strings.emplace_back();
    unique(part.strings);
    part.token_run = 0;
    part.digit_run = 0;
    return part.strings.size() <= kMaxExact ? part : unknown(length);
  }
  if (token_class) {
    part.token_run = repeat.min;
  }
  if (digit_class) {
    part.digit_run = repeat.min;
  }
  if (!part.exact) {
    part.length = length;
    return part;
  }
  sequence.append(part);
  if (repeat.min == 1 && !repeat.more) {
    return zero_width();
  }
  if (repeat.min == 2 && !repeat.more) {
    return part;
  }
  // x{2,}: x, anything, x.
  const std::size_t between = repeat.max == kNoReach ? kNoReach : repeat.max - 2;
  sequence.append(unknown(multiply_length(part.length, between)));
  return part;
}

std::optional<Repeat> LiteralParser::repeat() {
  Repeat out;
  const char c = peek();
  if (at_end()) {
    return std::nullopt;
  }
  if (c == '*') {
    out = {.min = 0, .more = true};
    ++at_;
  } else if (c == '+') {
    out = {.min = 1, .more = true};
    ++at_;
  } else if (c == '?') {
    out = {.min = 0, .max = 1, .once_at_most = true};
    ++at_;
  } else if (c == '{') {
    const std::size_t close = pattern_.find('}', at_);
    if (close == std::string_view::npos) {
      return std::nullopt;
    }
    const std::string_view body = pattern_.substr(at_ + 1, close - at_ - 1);
    if (body.find_first_not_of("0123456789, ") != std::string_view::npos || body.empty()) {
      return std::nullopt;  // a brace that stands for itself
    }
    const std::size_t comma = body.find(',');
    const auto min = parse_unsigned(body.substr(0, comma));
    const std::string_view upper =
        comma == std::string_view::npos ? std::string_view{} : body.substr(comma + 1);
    const auto max = comma == std::string_view::npos ? min : parse_unsigned(upper);
    if (!min || (!upper.empty() && !max)) {
      // `{,3}` and `{1, 3}` are text for older versions of PCRE2 and repetitions for newer ones.
      failed_ = true;
      return std::nullopt;
    }
    out.min = static_cast<std::uint32_t>(std::min<std::uint64_t>(*min, 65535));
    out.more = !max || *max > *min;
    out.once_at_most = max && *max == 1;
    out.max = max ? static_cast<std::size_t>(*max) : kNoReach;
    if (max && *max == 0) {
      out = {.min = 0, .more = true};
    }
    at_ = close + 1;
  } else {
    return std::nullopt;
  }
  if (peek() == '?' || peek() == '+') {
    ++at_;
  }  // lazy or possessive
  return out;
}

Part LiteralParser::literal(char32_t c) {
  if (is_blank(c)) {
    return exactly({" "});
  }
  std::string bytes;
  append_utf8(bytes, fold_case(c));
  return exactly({std::move(bytes)});
}

Part LiteralParser::item(int depth) {
  const char c = peek();
  switch (c) {
    case '(': return group(depth);
    case '[': return bracket();
    case '\\': return escape();
    case '.': ++at_; return unknown(1);
    case '^':
    case '$': ++at_; return zero_width();
    case '*':
    case '+':
    case '?': return give_up();
    default: return literal(next_code_point(pattern_, at_));
  }
}

bool LiteralParser::skip_group_name(char closing) {
  const std::size_t close = pattern_.find(closing, at_);
  if (close == std::string_view::npos) {
    return false;
  }
  at_ = close + 1;
  return true;
}

// Behind `(?`: `i)`, `-i)` or `i:`.
bool LiteralParser::skip_flags(bool& opens_group) {
  constexpr std::string_view kHarmless = "imsUJn-^";
  while (!at_end() && kHarmless.find(peek()) != std::string_view::npos) {
    ++at_;
  }
  if (peek() != ')' && peek() != ':') {
    return false;
  }
  opens_group = peek() == ':';
  ++at_;
  return true;
}

Part LiteralParser::group(int depth) {
  ++at_;
  bool looks_around = false;
  if (peek() == '*') {
    return give_up();
  }
  if (peek() == '?') {
    ++at_;
    bool opens_group = true;
    if (looking_at("=") || looking_at("!")) {
      looks_around = true;
      ++at_;
    } else if (looking_at("<=") || looking_at("<!")) {
      looks_around = true;
      at_ += 2;
    } else if (looking_at(":") || looking_at(">") || looking_at("|")) {
      ++at_;
    } else if (looking_at("<") || looking_at("P<")) {
      if (!skip_group_name('>')) {
        return give_up();
      }
    } else if (looking_at("'")) {
      ++at_;
      if (!skip_group_name('\'')) {
        return give_up();
      }
    } else if (!skip_flags(opens_group)) {
      return give_up();
    }
    if (!opens_group) {
      return zero_width();
    }
  }
  const Part inner = alternatives(depth + 1);
  if (failed_ || peek() != ')') {
    return give_up();
  }
  ++at_;
  return looks_around ? zero_width() : inner;
}

// \x{..}, \p{..}, \P{..}
Part LiteralParser::braced_escape(char kind) {
  if (kind == 'x' && peek() != '{') {
    std::uint32_t value = 0;
    for (int i = 0; i < 2; ++i) {
      const std::string_view digits = "0123456789abcdef";
      const char lower = to_lower_ascii(pattern_.substr(std::min(at_, pattern_.size()), 1))
                             .append(1, '\0')
                             .front();
      const std::size_t digit = lower == '\0' ? std::string_view::npos : digits.find(lower);
      if (digit == std::string_view::npos) {
        break;
      }
      value = (value * 16) + static_cast<std::uint32_t>(digit);
      ++at_;
    }
    return literal(value);
  }
  if (peek() != '{') {  // \pL
    ++at_;
    return unknown(1);
  }
  const std::size_t close = pattern_.find('}', at_);
  if (close == std::string_view::npos) {
    return give_up();
  }
  const std::string_view body = pattern_.substr(at_ + 1, close - at_ - 1);
  at_ = close + 1;
  if (kind != 'x') {
    return unknown(1);
  }
  std::uint32_t value = 0;
  for (const char c : to_lower_ascii(body)) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos || value > 0x10FFFF) {
      return give_up();
    }
    value = (value * 16) + static_cast<std::uint32_t>(digit);
  }
  return literal(value);
}

Part LiteralParser::escape() {
  ++at_;
  if (at_end()) {
    return give_up();
  }
  const char kind = peek();
  if (static_cast<unsigned char>(kind) >= 0x80) {
    return literal(next_code_point(pattern_, at_));
  }
  ++at_;
  switch (kind) {
    case 'b':
    case 'B':
    case 'A':
    case 'Z':
    case 'z':
    case 'G': return zero_width();
    case 's':
    case 'h':
    case 'v':
    case 'R':
    case 'n':
    case 'r':
    case 't':
    case 'f': return exactly({" "});
    case 'd': return digit();
    case 'D':
    case 'w':
    case 'W':
    case 'S':
    case 'H':
    case 'V':
    case 'N': return peek() == '{' && kind == 'N' ? give_up() : unknown(1);
    case 'X': return unknown();
    case 'e': return literal(0x1B);
    case 'a': return literal(0x07);
    case 'p':
    case 'P':
    case 'x': return braced_escape(kind);
    default: break;
  }
  if ((kind >= '0' && kind <= '9') || (kind >= 'a' && kind <= 'z') ||
      (kind >= 'A' && kind <= 'Z')) {
    return give_up();  // back-references, \Q, \K, \c, \o, \g, \k
  }
  return literal(static_cast<unsigned char>(kind));
}

// Inside [...]: false when the class holds what is not understood.
bool LiteralParser::class_escape(ClassFacts& facts) {
  ++at_;
  const char kind = peek();
  if (kind == '\0' || kind == 'Q' || kind == 'E') {
    return false;
  }
  ++at_;
  const bool range = peek() == '-' && peek(1) != ']';
  if (std::string_view("shvnrtf").find(kind) != std::string_view::npos) {
    facts.members.insert(" ");
    facts.token = false;
    facts.digit = false;
    facts.open = facts.open || range;
    return true;
  }
  const bool word =
      (kind >= '0' && kind <= '9') || (kind >= 'a' && kind <= 'z') || (kind >= 'A' && kind <= 'Z');
  if (!word && static_cast<unsigned char>(kind) < 0x80) {
    facts.members.insert(std::string(1, kind));
    facts.token = facts.token && !range && is_token_byte(static_cast<unsigned char>(kind));
    facts.digit = false;
    facts.open = facts.open || range;
    return true;
  }
  // \d, \w and the like are not token classes: with UCP they take digits and letters of all
  // scripts.
  facts.open = true;
  facts.token = false;
  facts.digit = facts.digit && kind == 'd' && !range;
  const bool braces = kind == 'p' || kind == 'P' || kind == 'x' || kind == 'N' || kind == 'o';
  if (braces && peek() == '{') {
    const std::size_t close = pattern_.find('}', at_);
    if (close == std::string_view::npos) {
      return false;
    }
    at_ = close + 1;
  }
  return true;
}

Part LiteralParser::bracket() {
  ++at_;
  ClassFacts facts;
  if (peek() == '^') {
    facts.open = true;
    facts.token = false;
    facts.digit = false;
    ++at_;
  }
  for (bool first = true;; first = false) {
    if (at_end()) {
      return give_up();
    }
    if (peek() == ']' && !first) {
      break;
    }
    if (!read_class_item(facts)) {
      return give_up();
    }
  }
  ++at_;
  Part out = unknown(1);
  if (!facts.open && !facts.members.empty() && facts.members.size() <= 8) {
    out = exactly(LiteralSet(facts.members.begin(), facts.members.end()));
  }
  out.token_class = facts.token;
  out.digit_class = facts.digit;
  return out;
}

bool LiteralParser::read_class_item(ClassFacts& facts) {
  const char c = peek();
  if (c == '[' && (peek(1) == ':' || peek(1) == '.' || peek(1) == '=')) {
    const std::size_t close = pattern_.find(std::string{peek(1), ']'}, at_ + 2);
    if (close == std::string_view::npos) {
      return false;
    }
    at_ = close + 2;
    facts.open = true;
    facts.token = false;
    facts.digit = false;
    return true;
  }
  if (c == '\\') {
    return class_escape(facts);
  }
  const char32_t low = next_code_point(pattern_, at_);
  // A range; a hyphen at the end stands for itself.
  if (peek() == '-' && peek(1) != ']' && peek(1) != '\0' && peek(1) != '\\' && peek(1) != '[') {
    ++at_;
    const char32_t high = next_code_point(pattern_, at_);
    facts.open = true;
    facts.token = facts.token && is_token_range(low, high);
    facts.digit = facts.digit && low >= '0' && high <= '9';
    return true;
  }
  facts.open = facts.open || (peek() == '-' && peek(1) != ']');
  facts.token = facts.token && low < 0x80 && is_token_byte(static_cast<unsigned char>(low));
  facts.digit = facts.digit && low >= '0' && low <= '9';
  facts.members.insert(literal(low).strings.front());
  return true;
}

}  // namespace

PatternNeeds pattern_needs(std::string_view pattern) {
  return LiteralParser(pattern).run();
}

}  // namespace merlon
