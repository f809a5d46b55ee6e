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
consteval std::array<std::string_view, N> sorted_words(std::array<std::string_view, N> words) {
  std::sort(words.begin(), words.end());
  return words;
}

// Base forms that open an instruction. Third-person forms ("reads") open a description and are not
// here.
constexpr auto kImperatives = sorted_words(std::to_array<std::string_view>({
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
constexpr auto kLeadIns = sorted_words(std::to_array<std::string_view>({
    "please",      "then",     "first",      "next",      "finally", "now",     "also",
    "just",        "instead",  "afterwards", "important", "note",    "warning", "critical",
    "attention",   "system",   "assistant",  "and",       "but",     "so",      "kindly",
    "immediately", "simply",   "silently",   "secretly",  "quietly", "lastly",  "additionally",
    "furthermore", "moreover", "always",     "second",
}));

constexpr auto kModals = sorted_words(std::to_array<std::string_view>({
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

constexpr auto kExamples = sorted_words(std::to_array<std::string_view>({
    "example",
    "examples",
    "e.g",
    "sample",
    "usage",
    "eg",
    "instance",
}));

// Words before a quotation that make it an illustration.
constexpr auto kIllustrations = sorted_words(std::to_array<std::string_view>({
    "asks",     "containing", "detects", "e.g",     "input",   "inputs",   "like",    "looks",
    "match",    "matches",    "phrase",  "phrases", "prompt",  "prompts",  "queries", "query",
    "question", "questions",  "quote",   "reads",   "returns", "sentence", "says",    "string",
    "strings",  "such",       "text",    "texts",   "useful",  "value",    "values",  "when",
}));

// Verbs of obedience: what is quoted behind them is meant.
constexpr auto kObeying = sorted_words(std::to_array<std::string_view>({
    "apply",
    "carry",
    "comply",
    "execute",
    "follow",
    "heed",
    "obey",
    "perform",
}));

// Words before an article that are no verbs.
constexpr auto kSmallWords = sorted_words(std::to_array<std::string_view>({
    "about",   "above",    "after",    "against",    "all",     "along",  "among",   "and",
    "any",     "around",   "as",       "at",         "because", "before", "behind",  "below",
    "beside",  "besides",  "between",  "beyond",     "both",    "but",    "by",      "can",
    "despite", "does",     "down",     "during",     "each",    "either", "even",    "every",
    "except",  "for",      "from",     "here",       "how",     "if",     "in",      "inside",
    "into",    "is",       "it",       "like",       "may",     "near",   "neither", "not",
    "of",      "off",      "on",       "once",       "one",     "only",   "onto",    "or",
    "out",     "outside",  "over",     "per",        "plus",    "quite",  "rather",  "same",
    "since",   "some",     "than",     "that",       "the",     "there",  "these",   "this",
    "those",   "though",   "through",  "throughout", "till",    "to",     "toward",  "under",
    "until",   "upon",     "via",      "was",        "were",    "what",   "when",    "where",
    "whether", "which",    "while",    "who",        "whose",   "why",    "will",    "with",
    "within",  "without",  "would",    "you",        "not",     "null",   "true",    "false",
    "none",    "optional", "required", "mcp",
}));

constexpr auto kArticles = sorted_words(std::to_array<std::string_view>({
    "a",   "all",   "an",   "any",   "both", "each",  "every", "everything",
    "her", "his",   "it",   "its",   "me",   "my",    "our",   "that",
    "the", "their", "them", "these", "this", "those", "your",
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

/// The words that decide a clause's role.
struct LeadingWords {
  std::array<std::string, kLeadingWords> words;
  std::array<bool, kLeadingWords> after_comma{};
  std::size_t count{0};

  [[nodiscard]] std::string_view at(std::size_t i) const {
    return i < count ? std::string_view(words[i]) : std::string_view{};
  }
};

LeadingWords read_leading_words(std::string_view clause) {
  LeadingWords out;
  Words reader(clause);
  for (; out.count < kLeadingWords; ++out.count) {
    out.words[out.count] = reader.next();
    if (out.words[out.count].empty()) {
      break;
    }
    out.after_comma[out.count] = reader.before().find_first_of(",:") != std::string::npos;
  }
  return out;
}

// "This tool never reads ...", "It does not ...", "Never read ...", "Do not ...".
bool is_promise_or_ban(const LeadingWords& in) {
  for (std::size_t i = 0; i < in.count; ++i) {
    if (!is_negation(in.at(i)) || in.at(i) == "no") {
      continue;
    }
    if (i == 0 || listed(kLeadIns, in.at(i - 1)) || is_third_person(in.at(i + 1))) {
      return in.at(i + 1) != "forget";
    }
    const std::string_view before = in.at(i - 1);
    if (in.at(i) == "not" &&
        (before == "does" || before == "do" || before == "is" || before == "are" ||
         before == "will" || before == "must" || before == "should")) {
      return in.at(i + 1) != "forget";
    }
    return in.at(i).ends_with("n't") || in.at(i) == "cannot";
  }
  return false;
}

// "you must", "you should", "make sure", "be sure"
bool addresses_reader(const LeadingWords& in) {
  for (std::size_t i = 0; i + 1 < in.count; ++i) {
    const bool modal = in.at(i) == "you" && listed(kModals, in.at(i + 1));
    if (modal && !is_negation(in.at(i + 2))) {
      return true;
    }
    if ((in.at(i) == "make" || in.at(i) == "be") && in.at(i + 1) == "sure") {
      return true;
    }
  }
  return in.at(0) == "must" || in.at(0) == "should";
}

// A bare verb: one of the list, or a word before an article that is none of the small words.
bool is_imperative(const LeadingWords& in, std::size_t i) {
  if (listed(kImperatives, in.at(i))) {
    return true;
  }
  const std::string_view word = in.at(i);
  if (word.size() < 3 || word.ends_with("s") || word.ends_with("ed") || word.ends_with("ing") ||
      listed(kSmallWords, word)) {
    return false;
  }
  return listed(kArticles, in.at(i + 1));
}

// Where the verb of an instruction would stand: behind lead-ins, or behind a comma ("Before that,
// send ..."). `from_comma`: only behind a comma.
bool opens_with_imperative(const LeadingWords& in, bool from_comma) {
  bool at_start = !from_comma;
  for (std::size_t i = 0; i < in.count; ++i) {
    const bool start = at_start || in.after_comma[i];
    if (start && is_imperative(in, i)) {
      return true;
    }
    at_start = start && listed(kLeadIns, in.at(i));
  }
  return false;
}

bool speaks_to_reader(const LeadingWords& in) {
  return std::find(in.words.begin(), in.words.begin() + static_cast<std::ptrdiff_t>(in.count),
                   "you") != in.words.begin() + static_cast<std::ptrdiff_t>(in.count);
}

/// A quotation is an illustration where something introduces it: a colon, a word such as `example`,
/// another quotation.
bool introduces_quotation(std::string_view clause) {
  const std::string_view body = trim(clause);
  if (body.ends_with(':')) {
    return true;
  }
  Words reader(body);
  for (std::string word = reader.next(); !word.empty(); word = reader.next()) {
    if (listed(kExamples, word) || listed(kIllustrations, word)) {
      return true;
    }
  }
  return false;
}

std::string_view without_quotes(std::string_view clause) {
  std::string_view body = trim(clause);
  while (!body.empty() && !is_word_byte(body.front())) {
    body.remove_prefix(1);
  }
  return body.starts_with("\xE2\x80\x9C") ? body.substr(3) : body;
}

ClauseRole role_of(std::string_view clause, bool first) {
  const LeadingWords in = read_leading_words(clause);
  if (listed(kExamples, in.at(0)) || (in.at(0) == "for" && listed(kExamples, in.at(1)))) {
    return ClauseRole::kQuoted;
  }
  if (addresses_reader(in)) {
    return ClauseRole::kInstruction;
  }
  if (is_promise_or_ban(in)) {
    // "Do not tell the user, send it to ..."
    return opens_with_imperative(in, true) ? ClauseRole::kInstruction : ClauseRole::kNegated;
  }
  if (!opens_with_imperative(in, false)) {
    return ClauseRole::kDescription;
  }
  // A text that begins with a bare verb says what the tool does: "Read a file".
  const bool orders = in.at(0) == "always" || in.at(0) == "ignore" || in.at(0) == "disregard" ||
                      in.at(0) == "forget" || listed(kLeadIns, in.at(0)) || speaks_to_reader(in);
  return first && !orders ? ClauseRole::kDescription : ClauseRole::kInstruction;
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

/// A quotation inside a clause: three words and more, so that quoted names and paths stay in their
/// clause.
struct Quotation {
  std::size_t begin{0};
  std::size_t end{0};
};

Quotation find_quotation(std::string_view text, std::size_t begin, std::size_t end) {
  for (std::size_t at = begin; at < end; ++at) {
    const char quote = text[at];
    if (quote != '"' && quote != '\'' && quote != '`') {
      continue;
    }
    if (at > begin && text[at - 1] != '(' && !is_ascii_blank(text[at - 1])) {
      continue;
    }
    const std::size_t close = text.substr(0, end).find(quote, at + 1);
    if (close == std::string_view::npos) {
      return {};
    }
    const std::string_view inside = text.substr(at + 1, close - at - 1);
    if (std::count(inside.begin(), inside.end(), ' ') >= 2) {
      return {.begin = at, .end = close + 1};
    }
    at = close;
  }
  return {};
}

/// A sentence in quotation marks that nothing introduces is what its words are: anyone can write
/// quotation marks around an order.
ClauseRole role_in_text(std::string_view text, std::string_view clause,
                        const std::vector<Clause>& before) {
  if (!is_quoted(clause)) {
    return role_of(clause, before.empty());
  }
  if (before.empty() || before.back().role == ClauseRole::kQuoted ||
      introduces_quotation(
          text.substr(before.back().begin, before.back().end - before.back().begin))) {
    return ClauseRole::kQuoted;
  }
  const ClauseRole role = role_of(without_quotes(clause), false);
  return role == ClauseRole::kInstruction ? role : ClauseRole::kQuoted;
}

/// `Follow "..."`: a quotation that the reader is told to obey.
bool obeys(ClauseRole role, std::string_view before) {
  if (role != ClauseRole::kInstruction) {
    return false;
  }
  const LeadingWords in = read_leading_words(before);
  return std::any_of(in.words.begin(), in.words.begin() + static_cast<std::ptrdiff_t>(in.count),
                     [](const std::string& word) { return listed(kObeying, word); });
}

void add_clause(std::string_view text, std::size_t begin, std::size_t end,
                std::vector<Clause>& clauses) {
  if (trim(text.substr(begin, end - begin)).empty()) {
    return;
  }
  const ClauseRole role = role_in_text(text, text.substr(begin, end - begin), clauses);
  const auto add = [&](std::size_t from, std::size_t to, ClauseRole part_role) {
    if (!trim(text.substr(from, to - from)).empty()) {
      clauses.push_back({.begin = static_cast<std::uint32_t>(from),
                         .end = static_cast<std::uint32_t>(to),
                         .role = part_role});
    }
  };
  while (role != ClauseRole::kQuoted) {
    const Quotation quotation = find_quotation(text, begin, end);
    const bool is_whole = quotation.end != 0 &&
                          trim(text.substr(begin, quotation.begin - begin)).empty() &&
                          trim(text.substr(quotation.end, end - quotation.end)).empty();
    if (quotation.end == 0 || is_whole) {
      break;  // role_in_text has judged a sentence that is nothing but a quotation
    }
    add(begin, quotation.begin, role);
    add(quotation.begin, quotation.end,
        obeys(role, text.substr(begin, quotation.begin - begin)) ? ClauseRole::kInstruction
                                                                 : ClauseRole::kQuoted);
    begin = quotation.end;
  }
  add(begin, end, role);
}

}  // namespace

std::vector<Clause> split_clauses(std::string_view text) {
  std::vector<Clause> clauses;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = boundary(text, at);
    if (length == 0) {
      ++at;
      continue;
    }
    at += length;
    add_clause(text, begin, at, clauses);
    begin = at;
  }
  add_clause(text, begin, text.size(), clauses);
  return clauses;
}

const Clause* clause_at(const std::vector<Clause>& clauses, std::uint32_t at) {
  const auto after = std::upper_bound(clauses.begin(), clauses.end(), at,
                                      [](std::uint32_t x, const Clause& c) { return x < c.begin; });
  return after == clauses.begin() ? nullptr : &*(after - 1);
}

}  // namespace merlon
