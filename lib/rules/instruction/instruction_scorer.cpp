#include "rules/instruction/instruction_scorer.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text.h"
#include "rules/instruction/letters.h"
#include "rules/instruction/stem.h"

namespace merlon {
namespace {

constexpr int kMixedLanguagePoints = 384;
constexpr int kQuotedPoints = -640;
// Of a part of a clause, which lost words that may have spoken for it.
constexpr int kPartPoints = -128;
constexpr std::size_t kMixedWords = 5;
constexpr std::array<unsigned, 6> kTextLengths{4, 8, 14, 24, 40, 80};
constexpr unsigned kShoutedWords = 4;
// The first ten tokens of a command of fifteen and more are scored by themselves, too.
constexpr std::uint32_t kHeadFromTokens = 15;
constexpr std::uint32_t kHeadTokens = 10;
// Of a verb behind `and` or a comma that begins a part.
constexpr std::size_t kTokensBeforeVerb = 3;
constexpr std::size_t kLettersBehindVerb = 14;
constexpr std::uint64_t kJoinAnd = hash_ascii("and");
constexpr std::uint64_t kJoinOr = hash_ascii("or");
constexpr std::uint64_t kJoinBut = hash_ascii("but");
constexpr std::size_t kSpokenWords =
    3;  // a clause of more words than these has a language of its own

/// Four words in capitals in a row.
bool shouts(std::u32string_view clause) {
  const auto is_letter_of_word = [](char32_t c) {
    return is_ascii_letter(c) || c == 0xC4 || c == 0xD6 || c == 0xDC;
  };
  unsigned run = 0;
  for (std::size_t at = 0; at < clause.size();) {
    if (!is_letter_of_word(clause[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    bool capitals = true;
    while (end < clause.size() && is_letter_of_word(clause[end])) {
      capitals = capitals && !is_lower(clause[end]);
      ++end;
    }
    run = capitals && end - at > 1 ? run + 1 : 0;
    if (run >= kShoutedWords) {
      return true;
    }
    at = end;
  }
  return false;
}

bool has_escapes(std::u32string_view text) {
  return text.find(U"\\n") != std::u32string_view::npos ||
         text.find(U"==") != std::u32string_view::npos;
}

std::size_t distinct_stems(const ClauseReading& reading) {
  std::vector<std::uint64_t> stems;
  stems.reserve(reading.core.size());
  for (const ClauseToken* token : reading.core) {
    stems.push_back(token->stem);
  }
  std::sort(stems.begin(), stems.end());
  return static_cast<std::size_t>(std::unique(stems.begin(), stems.end()) - stems.begin());
}

// Behind a comma with a function word behind the verb: lists have words that can be verbs, too.
bool joins_command(std::u32string_view text, std::span<const ClauseToken> tokens, std::size_t at) {
  const ClauseToken& verb = tokens[at];
  const ClauseToken& before = tokens[at - 1];
  if ((verb.word_flags & kWordVerb) == 0 || text.size() - verb.begin < kLettersBehindVerb) {
    return false;
  }
  if (verb.end < text.size() && text[verb.end] == '-') {
    return false;  // `and publish-subscribe`
  }
  std::u32string_view gap = text.substr(before.end, verb.begin - before.end);
  while (!gap.empty() && is_space(gap.front())) {
    gap.remove_prefix(1);
  }
  while (!gap.empty() && is_space(gap.back())) {
    gap.remove_suffix(1);
  }
  if (gap == U",") {
    return at + 1 < tokens.size() && (tokens[at + 1].word_flags & kWordStop) != 0;
  }
  return gap.empty() &&
         (before.surface == kJoinAnd || before.surface == kJoinOr || before.surface == kJoinBut);
}

}  // namespace

InstructionScorer::InstructionScorer(const InstructionModel& model)
    : model_(model), splitter_(model), sum_(model) {}

void InstructionScorer::begin_tool(std::string_view name) {
  splitter_.clear();
  clauses_.clear();
  tokens_.clear();
  content_.clear();
  name_stems_.clear();
  parameter_stems_.clear();
  strings_ = 0;
  add_name_words(name, true);
}

void InstructionScorer::add_parameter(std::string_view name) {
  add_name_words(name, false);
}

/// `getUserName`, `get_user_name`: the words in it.
void InstructionScorer::add_name_words(std::string_view name, bool tool_name) {
  std::u32string word;
  const auto finish = [&] {
    if (!word.empty()) {
      (tool_name ? name_stems_ : parameter_stems_).push_back(Stem(word).hash());
      word.clear();
    }
  };
  char before = '\0';
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    const bool small_before = (before >= 'a' && before <= 'z') || (before >= '0' && before <= '9');
    if ((!upper && !lower) || (upper && small_before)) {
      finish();
    }
    if (upper || lower) {
      word.push_back(static_cast<unsigned char>(upper ? c + ('a' - 'A') : c));
    }
    before = c;
  }
  finish();
}

void InstructionScorer::add_string(StringKind kind, std::string_view text) {
  read_normal(text, plain_);
  split_.clear();
  splitter_.split(plain_, split_);
  for (std::size_t at = 0; at < split_.size(); ++at) {
    add_clause(split_[at], kind, at, split_.size());
  }
  ++strings_;
}

void InstructionScorer::add_clause(const SplitClause& split, StringKind kind, std::size_t at,
                                   std::size_t count) {
  ToolClause clause;
  clause.split = split;
  clause.string = strings_;
  clause.first_token = static_cast<std::uint32_t>(tokens_.size());
  read_tokens(model_, splitter_.letters(split), tokens_);
  clause.tokens = static_cast<std::uint32_t>(tokens_.size()) - clause.first_token;
  if (clause.tokens == 0) {
    return;
  }
  ClauseContext& context = clause.context;
  context.kind = kind;
  context.section = split.section;
  context.parameter = split.parameter;
  context.item = split.item;
  context.position = count == 1        ? ClausePosition::kOnly
                     : at == 0         ? ClausePosition::kFirst
                     : at == count - 1 ? ClausePosition::kLast
                                       : ClausePosition::kMiddle;
  add_content(clause);
  clauses_.push_back(clause);
  add_parts();
}

void InstructionScorer::add_content(ToolClause& clause) {
  clause.first_content = static_cast<std::uint32_t>(content_.size());
  for (const ClauseToken& token : tokens_of(clause)) {
    if (token.content) {
      content_.push_back({token.stem, static_cast<std::uint8_t>(token.stem_flags & kStemBucket)});
    }
  }
  const auto first = content_.begin() + clause.first_content;
  std::sort(first, content_.end());
  content_.erase(std::unique(first, content_.end()), content_.end());
  clause.context.content = static_cast<unsigned>(content_.size()) - clause.first_content;
}

void InstructionScorer::add_parts() {
  const ToolClause whole = clauses_.back();
  const auto tokens = tokens_of(whole);
  if (std::any_of(tokens.begin(), tokens.end(),
                  [](const ClauseToken& token) { return token.kind == TokenKind::kPair; })) {
    return;
  }
  const std::u32string_view text = splitter_.letters(whole.split);
  std::size_t start = 0;
  // By number: parts are added to the tokens that the span looks at.
  for (std::size_t at = kTokensBeforeVerb; at < whole.tokens; ++at) {
    if (at - start >= kTokensBeforeVerb && joins_command(text, tokens_of(whole), at)) {
      if (start != 0) {
        add_joined(whole, start, at);
      }
      start = at;
    }
  }
  if (start != 0) {
    add_joined(whole, start, whole.tokens);
  }
  add_head(whole);
}

void InstructionScorer::add_joined(const ToolClause& whole, std::size_t from, std::size_t to) {
  ToolClause part = whole;
  part.part = true;
  part.first_token = static_cast<std::uint32_t>(tokens_.size());
  part.tokens = static_cast<std::uint32_t>(to - from);
  const std::uint32_t begin = tokens_[whole.first_token + from].begin;
  for (std::size_t at = from; at < to; ++at) {
    ClauseToken token = tokens_[whole.first_token + at];
    token.begin -= begin;
    token.end -= begin;
    tokens_.push_back(token);
  }
  part.split.begin = whole.split.begin + begin;
  if (to < whole.tokens) {
    part.split.end = part.split.begin + tokens_.back().end;
  }
  add_content(part);
  clauses_.push_back(part);
}

void InstructionScorer::add_head(const ToolClause& whole) {
  const auto tokens = tokens_of(whole);
  if (tokens.size() < kHeadFromTokens) {
    return;
  }
  std::size_t at = 0;
  while (at + 1 < tokens.size() && ((tokens[at].word_flags & (kWordPolite | kWordLead)) != 0 ||
                                    tokens[at].kind == TokenKind::kTag)) {
    ++at;
  }
  const std::uint32_t end = tokens[kHeadTokens - 1].end;
  if ((tokens[at].word_flags & kWordVerb) == 0 ||
      splitter_.letters(whole.split).substr(0, end).find(U':') != std::u32string_view::npos) {
    return;
  }
  ToolClause part = whole;
  part.part = true;
  part.tokens = kHeadTokens;
  part.split.end = whole.split.begin + end;
  add_content(part);
  clauses_.push_back(part);
}

/// A clause that only repeats another's words counts once: else a sentence that is said twice would
/// look as if it belonged to the tool.
void InstructionScorer::count_content() {
  std::uint64_t seed = kHashSeed;
  for (const ContentWord& word : content_) {
    seed = (seed ^ word.stem) * 0x100000001B3ULL;
  }
  uses_.begin(content_.size() + clauses_.size() + name_stems_.size() + parameter_stems_.size(),
              seed);
  for (const std::uint64_t stem : name_stems_) {
    uses_.at(stem).in_name = true;
  }
  for (const std::uint64_t stem : parameter_stems_) {
    uses_.at(stem).in_parameter = true;
  }
  for (const ToolClause& clause : clauses_) {
    if (clause.part) {
      continue;
    }
    const auto words = std::span(content_).subspan(clause.first_content, clause.context.content);
    std::uint64_t all = kHashSeed;
    for (const ContentWord& word : words) {
      all = finish_hash(all ^ word.stem) + 1;
    }
    WordUses::Entry& whole = uses_.at(all);
    if (whole.seen) {
      continue;
    }
    whole.seen = true;
    for (const ContentWord& word : words) {
      ++uses_.at(word.stem).clauses;
    }
  }
}

void InstructionScorer::read_contexts() {
  count_content();
  std::size_t english = 0;
  std::size_t whole = 0;
  for (ToolClause& clause : clauses_) {
    for (const ContentWord& word :
         std::span(content_).subspan(clause.first_content, clause.context.content)) {
      const WordUses::Entry& use = uses_.at(word.stem);
      clause.context.shared += use.clauses > 1 || use.in_name || use.in_parameter ? 1U : 0U;
      clause.context.in_name += use.in_name ? 1U : 0U;
      clause.context.unknown += word.bucket == 0 ? 1U : 0U;
      clause.context.uncommon += word.bucket <= 1 ? 1U : 0U;
    }
    if (clause.part) {
      continue;
    }
    ++whole;
    const auto language = language_of(splitter_.letters(clause.split), tokens_of(clause));
    english += language == ClauseLanguage::kEnglish ? 1U : 0U;
  }
  mostly_english_ = english * 2 > whole;
}

ClauseClasses InstructionScorer::classes_of(const ToolClause& clause) {
  read_clause(model_, splitter_.letters(clause.split), tokens_of(clause), reading_);
  ClauseClasses classes = reading_.classes;
  if (mostly_english_ && has_class(classes, ClauseClass::kNonEn)) {
    classes |= class_bit(ClauseClass::kLangMix);
  }
  return classes;
}

bool InstructionScorer::is_mixed(const ToolClause& clause, ClauseClasses classes) const {
  return has_class(classes, ClauseClass::kLangMix) &&
         clause.context.kind == StringKind::kDescription && distinct_stems(reading_) >= kMixedWords;
}

int InstructionScorer::fixed_points(const ToolClause& clause, ClauseClasses classes) const {
  const int part = clause.part ? kPartPoints : 0;
  if (has_class(classes, ClauseClass::kIllus)) {
    return part + kQuotedPoints;
  }
  if (clause.part) {
    return part;
  }
  return is_mixed(clause, classes) ? kMixedLanguagePoints : 0;
}

ScoredClause InstructionScorer::score_clause(std::size_t number) {
  const ToolClause& clause = clauses_[number];
  const ClauseClasses classes = classes_of(clause);
  sum_.begin();
  add_word_features(reading_, sum_);
  add_length_feature(reading_, sum_);
  add_class_features(classes, sum_);
  add_context_features(clause.context, classes, sum_);
  const int points = fixed_points(clause, classes);
  return {.clause = number,
          .string = clause.string,
          .begin = clause.split.source_begin,
          .end = clause.split.source_end,
          .score = model_.tool_bias + sum_.tool() + points,
          .points = points};
}

std::vector<ScoredClause> InstructionScorer::score_clauses() {
  read_contexts();
  std::vector<ScoredClause> out;
  out.reserve(clauses_.size());
  for (std::size_t number = 0; number < clauses_.size(); ++number) {
    out.push_back(score_clause(number));
  }
  return out;
}

std::optional<ScoredClause> InstructionScorer::best_clause() {
  const std::vector<ScoredClause> scored = score_clauses();
  const auto best = std::max_element(
      scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.score < b.score; });
  return best == scored.end() ? std::nullopt : std::optional(*best);
}

std::vector<NamedWeight> InstructionScorer::explain(std::size_t clause) {
  const ToolClause& explained = clauses_[clause];
  const ClauseClasses classes = classes_of(explained);
  FeatureList list(model_, WeightUse::kTool, splitter_.letters(explained.split));
  add_word_features(reading_, list);
  add_length_feature(reading_, list);
  add_class_features(classes, list);
  add_context_features(explained.context, classes, list);
  return list.take();
}

std::string InstructionScorer::clause_text(std::size_t clause) const {
  std::string out;
  for (const char32_t c : splitter_.letters(clauses_[clause].split)) {
    append_utf8(out, c);
  }
  return out;
}

template <class Sink, class OnClause>
void InstructionScorer::add_text_features(std::string_view text, Sink& sink, OnClause on_clause) {
  constexpr ClauseClasses kShapes = class_bit(ClauseClass::kDot) | class_bit(ClauseClass::kLower0) |
                                    class_bit(ClauseClass::kCapMid) |
                                    class_bit(ClauseClass::kNames);
  splitter_.clear();
  split_.clear();
  read_normal(text, plain_);
  splitter_.split(plain_, split_);
  std::size_t words = 0;
  std::uint32_t languages = 0;
  for (std::size_t at = 0; at < split_.size(); ++at) {
    const std::u32string_view clause = splitter_.letters(split_[at]);
    tokens_.clear();
    read_tokens(model_, clause, tokens_);
    if (tokens_.empty()) {
      continue;
    }
    on_clause(clause);
    read_clause(model_, clause, tokens_, reading_);
    add_word_features(reading_, sink);
    add_class_features(reading_.classes & ~kShapes, sink);
    if (has_class(reading_.classes, ClauseClass::kImp)) {
      sink.name(FeatureName(at == 0 ? "t:imp first" : "t:imp later"));
    }
    words += tokens_.size();
    if (reading_.core.size() > kSpokenWords) {
      languages |= 1U << static_cast<unsigned>(reading_.language);
    }
    if (shouts(clause)) {
      sink.name(FeatureName("t:capsrun"));
    }
  }
  if ((languages & (languages - 1)) != 0) {
    sink.name(FeatureName("t:langs"));
  }
  const auto* const length = std::upper_bound(kTextLengths.begin(), kTextLengths.end(), words);
  sink.name(FeatureName("t:n").add(static_cast<unsigned>(length - kTextLengths.begin())));
  sink.name(FeatureName("t:c").add(static_cast<unsigned>(std::min<std::size_t>(split_.size(), 4))));
  if (has_escapes({plain_.letters.data(), plain_.letters.size()})) {
    sink.name(FeatureName("t:esc"));
  }
}

int InstructionScorer::score_text(std::string_view text) {
  clauses_.clear();
  sum_.begin();
  add_text_features(text, sum_, [](std::u32string_view) {});
  return model_.text_bias + sum_.text();
}

std::vector<NamedWeight> InstructionScorer::explain_text(std::string_view text) {
  clauses_.clear();
  FeatureList list(model_, WeightUse::kText, {});
  add_text_features(text, list, [&](std::u32string_view clause) { list.set_clause(clause); });
  return list.take();
}

}  // namespace merlon
