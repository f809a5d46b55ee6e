#include "rules/clause.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr std::size_t kLeadingWords = 10;  // of a clause, that decide its role
constexpr std::size_t kMaxWordBytes = 24;

template <std::size_t N>
consteval std::array<std::string_view, N> sorted(std::array<std::string_view, N> words) {
  std::sort(words.begin(), words.end());
  return words;
}

// Base forms that open an instruction. Third-person forms ("reads") open a description and are not
// here.
constexpr auto kImperatives = sorted(std::to_array<std::string_view>({
    "access",    "act",      "add",      "also",     "always",   "analyze",    "answer",
    "append",    "apply",    "ask",      "assume",   "attach",   "avoid",      "begin",
    "bypass",    "call",     "change",   "check",    "choose",   "claim",      "collect",
    "combine",   "complete", "conceal",  "confirm",  "consider", "continue",   "convert",
    "copy",      "create",   "decode",   "delete",   "deploy",   "describe",   "disable",
    "disregard", "do",       "download", "email",    "embed",    "enable",     "encode",
    "ensure",    "execute",  "expose",   "extract",  "fetch",    "fill",       "find",
    "finish",    "follow",   "forget",   "forward",  "gather",   "generate",   "get",
    "give",      "go",       "grant",    "hide",     "ignore",   "include",    "inform",
    "insert",    "install",  "invoke",   "keep",     "leave",    "let",        "list",
    "load",      "log",      "look",     "make",     "mention",  "modify",     "move",
    "never",     "notify",   "obey",     "omit",     "open",     "output",     "override",
    "pass",      "perform",  "place",    "post",     "prefer",   "prefix",     "prepend",
    "pretend",   "print",    "proceed",  "process",  "provide",  "publish",    "put",
    "query",     "read",     "record",   "redirect", "refuse",   "register",   "remember",
    "remove",    "repeat",   "replace",  "reply",    "report",   "request",    "reset",
    "respond",   "return",   "reveal",   "run",      "save",     "say",        "scan",
    "search",    "select",   "send",     "set",      "share",    "show",       "skip",
    "start",     "state",    "stop",     "store",    "submit",   "substitute", "suggest",
    "summarize", "switch",   "take",     "tell",     "transfer", "transmit",   "treat",
    "try",       "turn",     "update",   "upload",   "use",      "wait",       "write",
}));

// Words before the verb of an instruction.
constexpr auto kLeadIns = sorted(std::to_array<std::string_view>({
    "please",      "then",     "first",      "next",      "finally", "now",     "also",
    "just",        "instead",  "afterwards", "important", "note",    "warning", "critical",
    "attention",   "system",   "assistant",  "and",       "but",     "so",      "kindly",
    "immediately", "simply",   "silently",   "secretly",  "quietly", "lastly",  "additionally",
    "furthermore", "moreover", "always",     "second",
}));

constexpr auto kModals = sorted(std::to_array<std::string_view>({
    "must",
    "should",
    "shall",
    "need",
    "have",
    "ought",
    "will",
    "may",
    "can",
    "are",
}));

constexpr auto kExamples = sorted(std::to_array<std::string_view>({
    "example",
    "examples",
    "e.g",
    "sample",
    "usage",
    "eg",
    "instance",
}));

bool listed(const auto& words, std::string_view word) {
  return std::binary_search(words.begin(), words.end(), word);
}

bool is_ascii_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}
bool is_word_byte(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') ||
         c == '_' || c == '\'';
}

/// The next words of a clause, lower case.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  // Empty at the end.
  std::string next() {
    before_.clear();
    while (at_ < text_.size() && !is_word_byte(text_[at_])) {
      before_.push_back(text_[at_++]);
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_word_byte(text_[at_]) || is_inner_dot())) {
      ++at_;
    }
    return to_lower_ascii(text_.substr(begin, std::min(at_ - begin, kMaxWordBytes)));
  }
  /// What stood before the word that next() gave.
  [[nodiscard]] const std::string& before() const { return before_; }

 private:
  // e.g, i.e
  [[nodiscard]] bool is_inner_dot() const {
    return text_[at_] == '.' && at_ > 0 && is_word_byte(text_[at_ - 1]) && at_ + 1 < text_.size() &&
           is_word_byte(text_[at_ + 1]);
  }

  std::string_view text_;
  std::size_t at_{0};
  std::string before_;
};

bool is_negation(std::string_view word) {
  return word == "not" || word == "never" || word == "no" || word == "cannot" ||
         word == "without" || word.ends_with("n't") || word == "dont" || word == "doesnt";
}

// "reads", "does": a verb of the third person after "never".
bool is_third_person(std::string_view word) {
  return word.size() > 2 && word.back() == 's' && !word.ends_with("ss");
}

bool is_quoted(std::string_view clause) {
  const std::string_view body = trim(clause);
  if (body.size() < 2) {
    return false;
  }
  const char first = body.front();
  const bool quote =
      first == '"' || first == '\'' || first == '`' || body.starts_with("\xE2\x80\x9C");
  if (!quote) {
    return false;
  }
  const std::string_view end = body.substr(body.size() - std::min<std::size_t>(body.size(), 4));
  return end.find_first_of("\"'`") != std::string_view::npos ||
         end.find("\xE2\x80\x9D") != std::string_view::npos;
}

// "This tool never reads ...", "It does not ...", "No data is sent".
bool is_promise(const std::array<std::string, kLeadingWords>& words, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_negation(words[i])) {
      continue;
    }
    if (words[i] == "doesn't" || words[i] == "isn't" || words[i] == "won't" ||
        words[i] == "cannot") {
      return true;
    }
    const std::string_view next =
        i + 1 < count ? std::string_view(words[i + 1]) : std::string_view{};
    if (words[i] == "never" && is_third_person(next)) {
      return true;
    }
    if (words[i] == "not" && i > 0 &&
        (words[i - 1] == "does" || words[i - 1] == "is" || words[i - 1] == "are" ||
         words[i - 1] == "will")) {
      return i < 2 || words[i - 2] != "you";
    }
    return words[i] == "no" && i == 0;
  }
  return false;
}

// "you must", "you should not", "make sure", "be sure"
bool addresses_reader(const std::array<std::string, kLeadingWords>& words, std::size_t count) {
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (words[i] == "you" && listed(kModals, words[i + 1])) {
      return true;
    }
    if ((words[i] == "make" || words[i] == "be") && words[i + 1] == "sure") {
      return true;
    }
    if ((words[i] == "must" || words[i] == "should") && i == 0) {
      return true;
    }
  }
  return false;
}

// Where the verb of an instruction would stand: behind bullets and lead-ins, or behind a comma
// ("Before that, send ...").
bool opens_with_imperative(const std::array<std::string, kLeadingWords>& words,
                           const std::array<bool, kLeadingWords>& after_comma, std::size_t count) {
  bool at_start = true;
  for (std::size_t i = 0; i < count; ++i) {
    const bool start = at_start || after_comma[i];
    const bool negated_do = words[i] == "don't" || words[i] == "dont";
    if (start && (listed(kImperatives, words[i]) || negated_do)) {
      return true;
    }
    at_start = start && listed(kLeadIns, words[i]);
  }
  return false;
}

ClauseRole role_of(std::string_view clause, bool first) {
  if (is_quoted(clause)) {
    return ClauseRole::kQuoted;
  }
  std::array<std::string, kLeadingWords> words;
  std::array<bool, kLeadingWords> after_comma{};
  Words reader(clause);
  std::size_t count = 0;
  for (; count < kLeadingWords; ++count) {
    words[count] = reader.next();
    if (words[count].empty()) {
      break;
    }
    after_comma[count] = reader.before().find_first_of(",:") != std::string::npos;
  }
  if (count > 0 && (listed(kExamples, words[0]) ||
                    (words[0] == "for" && count > 1 && listed(kExamples, words[1])))) {
    return ClauseRole::kQuoted;
  }
  if (addresses_reader(words, count)) {
    return ClauseRole::kInstruction;
  }
  if (is_promise(words, count)) {
    return ClauseRole::kNegated;
  }
  if (!opens_with_imperative(words, after_comma, count)) {
    return ClauseRole::kDescription;
  }
  // A text that begins with a bare verb says what the tool does: "Read a file".
  const bool titles_itself = first && listed(kImperatives, words[0]) && words[0] != "always" &&
                             words[0] != "never" && words[0] != "do" && words[0] != "ignore" &&
                             words[0] != "disregard" && words[0] != "forget";
  return titles_itself ? ClauseRole::kDescription : ClauseRole::kInstruction;
}

bool is_abbreviation(std::string_view text, std::size_t dot) {
  constexpr std::array<std::string_view, 8> kAbbreviations{"e.g", "i.e",    "etc",  "vs",
                                                           "cf",  "approx", "incl", "resp"};
  for (const std::string_view word : kAbbreviations) {
    if (dot >= word.size() &&
        equals_ignoring_case(text.substr(dot - word.size(), word.size()), word) &&
        (dot == word.size() || !is_word_byte(text[dot - word.size() - 1]))) {
      return true;
    }
  }
  return false;
}

// Bytes of the boundary at `at`, 0 when the clause goes on.
std::size_t boundary(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\n' || c == ';') {
    return 1;
  }
  if (c == '.' || c == '!' || c == '?') {
    // At most eight closing signs: a wall of them must not be read again from each of its bytes.
    std::size_t end = at + 1;
    while (end < text.size() && end < at + 8 &&
           (text[end] == c || text[end] == '"' || text[end] == '\'' || text[end] == ')' ||
            text[end] == '!' || text[end] == '?')) {
      ++end;
    }
    const bool stops = end >= text.size() || is_ascii_blank(text[end]) || text[end] == '<';
    return stops && !is_abbreviation(text, at) ? end - at : 0;
  }
  // Ideographic full stop, exclamation and question mark, semicolon.
  const std::string_view three = text.substr(at, 3);
  return three == "\xE3\x80\x82" || three == "\xEF\xBC\x81" || three == "\xEF\xBC\x9F" ||
                 three == "\xEF\xBC\x9B"
             ? 3
             : 0;
}

}  // namespace

std::vector<Clause> split_clauses(std::string_view text) {
  std::vector<Clause> clauses;
  const auto add = [&](std::size_t begin, std::size_t end) {
    const std::string_view part = text.substr(begin, end - begin);
    if (trim(part).empty()) {
      return;
    }
    clauses.push_back({.begin = static_cast<std::uint32_t>(begin),
                       .end = static_cast<std::uint32_t>(end),
                       .role = role_of(part, clauses.empty())});
  };
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = boundary(text, at);
    if (length == 0) {
      ++at;
      continue;
    }
    at += length;
    add(begin, at);
    begin = at;
  }
  add(begin, text.size());
  return clauses;
}

const Clause* clause_at(const std::vector<Clause>& clauses, std::uint32_t at) {
  const auto after = std::upper_bound(clauses.begin(), clauses.end(), at,
                                      [](std::uint32_t x, const Clause& c) { return x < c.begin; });
  return after == clauses.begin() ? nullptr : &*(after - 1);
}

}  // namespace merlon
