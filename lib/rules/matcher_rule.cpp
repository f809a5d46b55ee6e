#include "rules/matcher_rule.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr std::size_t kMaxPlaces =
    4096;  // of one matcher in one reading; more is reported as a bound

RoleSet roles_of(const PackMatcher& matcher) {
  return matcher.roles & kAnyRole;
}

bool by_place(RegexPlace a, RegexPlace b) {
  return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
}

char32_t code_point_before(std::string_view text, std::size_t at) {
  std::size_t begin = at - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U) {
    --begin;
  }
  return next_code_point(text, begin);
}

bool continues_word(char32_t c) {
  return is_word_char(c) && !is_written_without_blanks(c);
}

std::size_t next_position(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) {
    ++at;
  }
  return at;
}

}  // namespace

void RuleTrial::start(std::string_view text, TextView view, const FoldedText& folded) {
  text_ = text;
  view_ = view;
  folded_ = &folded;
  clauses_.reset();
}

bool RuleTrial::has_bytes_of(const PackMatcher& matcher) const {
  if (matcher.min_length > text_.size()) {
    return false;
  }
  for (const std::int16_t byte : {matcher.first_byte, matcher.last_byte}) {
    if (byte >= 0 && !folded_->has_folded(byte == '\t' || byte == '\n' || byte == '\v' ||
                                                  byte == '\f' || byte == '\r'
                                              ? static_cast<unsigned char>(' ')
                                              : static_cast<unsigned char>(byte))) {
      return false;
    }
  }
  if (matcher.first_set != kNoIndex) {
    const PackByteSet& first = rules_.pack.byte_sets[matcher.first_set];
    const PackByteSet& have = folded_->source_bytes();
    if (((first[0] & have[0]) | (first[1] & have[1]) | (first[2] & have[2]) |
         (first[3] & have[3])) == 0) {
      return false;
    }
  }
  return folded_->has_token_run(matcher.token_run) &&
         folded_->may_have_digit_run(matcher.digit_run);
}

// Whether the matcher could hit in this reading at all.
bool RuleTrial::possible(const PackMatcher& matcher) const {
  if ((matcher.views & view_bit(view_)) == 0) {
    return false;
  }
  if (prefilter_ == Prefilter::kOff) {
    return true;
  }
  for (std::uint32_t i = 0; i < matcher.sets.count; ++i) {
    if (!marks_.has(matcher.sets.begin + i)) {
      return false;
    }
  }
  return static_cast<MatcherKind>(matcher.kind) != MatcherKind::kPattern || has_bytes_of(matcher);
}

const Clause* RuleTrial::clause_of(RegexPlace place) {
  if (!clauses_) {
    clauses_ = split_clauses(text_);
  }
  return clause_at(*clauses_, static_cast<std::uint32_t>(place.begin));
}

void RuleTrial::accept(const PackMatcher& matcher, RegexPlace place, Places& out) {
  if (roles_of(matcher) != kAnyRole) {
    const Clause* clause = clause_of(place);
    const ClauseRole role = clause == nullptr ? ClauseRole::kDescription : clause->role;
    if ((matcher.roles & role_bit(role)) == 0) {
      return;
    }
  }
  out.push_back(place);
}

// The first match at or behind `from`.
RegexOutcome RuleTrial::find_next(const Regex& regex, std::size_t from, bool anywhere,
                                  RegexPlace& place) {
  if (anywhere) {
    return regex.find(text_, from, scratch_, place);
  }
  auto window = std::lower_bound(windows_.begin(), windows_.end(), from,
                                 [](RegexPlace w, std::size_t at) { return w.end < at; });
  RegexOutcome outcome = RegexOutcome::kNoMatch;
  for (; window != windows_.end() && outcome == RegexOutcome::kNoMatch; ++window) {
    outcome = regex.find(text_, std::max(from, window->begin), window->end, scratch_, place);
  }
  return outcome;
}

RuleTrial::Search RuleTrial::find_pattern(std::uint32_t matcher, std::size_t wanted, Places& out) {
  const PackMatcher& facts = rules_.pack.matchers[matcher];
  const Regex& regex = *rules_.regex_of[matcher];
  const std::size_t before = out.size();
  const bool anywhere = !literals_.windows(facts, *folded_, text_, windows_);
  scratch_.start();
  RegexPlace place;
  std::size_t from = 0;
  for (std::size_t seen = 0; seen < kMaxPlaces; ++seen) {
    const RegexOutcome outcome = find_next(regex, from, anywhere, place);
    if (outcome == RegexOutcome::kBudget) {
      return Search::kBudget;
    }
    if (outcome == RegexOutcome::kNoMatch) {
      return Search::kDone;
    }
    accept(facts, place, out);
    if (out.size() - before >= wanted) {
      return Search::kDone;
    }
    from = place.end > from ? place.end : next_position(text_, from);
    if (place.end == place.begin && place.end >= from) {
      from = next_position(text_, place.end);
    }
    if (from > text_.size()) {
      return Search::kDone;
    }
  }
  return Search::kBudget;
}

bool RuleTrial::has_word_edges(const PackMatcher& matcher, std::size_t begin,
                               std::size_t end) const {
  const std::string_view folded = folded_->text();
  if ((matcher.edges & 1U) != 0 && begin > 0 && continues_word(code_point_before(folded, begin))) {
    return false;
  }
  if ((matcher.edges & 2U) == 0 || end >= folded.size()) {
    return true;
  }
  return !continues_word(next_code_point(folded, end));
}

RuleTrial::Search RuleTrial::find_phrase(std::uint32_t matcher, std::size_t wanted, Places& out) {
  const PackMatcher& facts = rules_.pack.matchers[matcher];
  const std::string_view phrase = rules_.pack.text(facts.folded);
  const std::string_view folded = folded_->text();
  if (phrase.empty()) {
    return Search::kDone;
  }
  const std::size_t before = out.size();
  std::size_t seen = 0;
  for (std::size_t at = folded.find(phrase); at != std::string_view::npos;
       at = folded.find(phrase, at + 1)) {
    if (!has_word_edges(facts, at, at + phrase.size())) {
      continue;
    }
    if (++seen > kMaxPlaces) {
      return Search::kBudget;
    }
    accept(facts, {.begin = folded_->source_of(at), .end = folded_->source_of(at + phrase.size())},
           out);
    if (out.size() - before >= wanted) {
      break;
    }
  }
  return Search::kDone;
}

RuleTrial::Search RuleTrial::find_detected(std::uint32_t matcher, std::size_t wanted, Places& out) {
  const std::size_t before = out.size();
  detected_.clear();
  rules_.detector_of[matcher]->find(text_, detected_);
  for (const DetectorHit& hit : detected_) {
    const std::size_t end = std::min(hit.end, text_.size());
    accept(rules_.pack.matchers[matcher], {.begin = std::min(hit.begin, end), .end = end}, out);
    if (out.size() - before >= std::min(wanted, kMaxPlaces)) {
      break;
    }
  }
  return Search::kDone;
}

// Appends hits in clauses of the right role, at most `wanted`.
RuleTrial::Search RuleTrial::find_all(std::uint32_t matcher, std::size_t wanted, Places& out) {
  switch (static_cast<MatcherKind>(rules_.pack.matchers[matcher].kind)) {
    case MatcherKind::kPhrase: return find_phrase(matcher, wanted, out);
    case MatcherKind::kPattern: return find_pattern(matcher, wanted, out);
    case MatcherKind::kDetector: return find_detected(matcher, wanted, out);
  }
  return Search::kDone;
}

bool RuleTrial::near_enough(const PackRule& rule, RegexPlace anchor, const Places& others) {
  switch (static_cast<RuleScope>(rule.scope)) {
    case RuleScope::kText: return !others.empty();
    case RuleScope::kClause: {
      const Clause* const home = clause_of(anchor);
      return std::any_of(others.begin(), others.end(),
                         [&](RegexPlace p) { return clause_of(p) == home; });
    }
    case RuleScope::kNear: break;
  }
  return std::any_of(others.begin(), others.end(), [&](RegexPlace p) {
    const std::size_t gap = p.begin >= anchor.end   ? p.begin - anchor.end
                            : anchor.begin >= p.end ? anchor.begin - p.end
                                                    : 0;
    return gap <= rule.near_bytes;
  });
}

bool RuleTrial::excused(const PackRule& rule, RegexPlace anchor,
                        const std::vector<Places>& excuses) {
  const bool whole_text = static_cast<RuleScope>(rule.none_scope) == RuleScope::kText;
  const Clause* const home = whole_text ? nullptr : clause_of(anchor);
  for (const Places& places : excuses) {
    for (const RegexPlace place : places) {
      if (whole_text || clause_of(place) == home) {
        return true;
      }
    }
  }
  return false;
}

// The first anchor that has all others near and no excuse.
RuleOutcome RuleTrial::match_parts(const PackRule& rule, PackRange others, const Places& anchors,
                                   bool budget, RegexPlace& place) {
  std::vector<Places> companions(others.count);
  for (std::uint32_t i = 0; i < others.count; ++i) {
    const std::uint32_t matcher = others.begin + i;
    if (!possible(rules_.pack.matchers[matcher])) {
      return RuleOutcome::kNoHit;
    }
    const bool unfinished = find_all(matcher, kMaxPlaces, companions[i]) == Search::kBudget;
    if (companions[i].empty()) {
      return unfinished ? RuleOutcome::kBudget : RuleOutcome::kNoHit;
    }
    budget = budget || unfinished;
  }
  // An excuse that could not be looked for does not excuse.
  std::vector<Places> excuses(rule.none.count);
  for (std::uint32_t i = 0; i < rule.none.count; ++i) {
    const std::uint32_t matcher = rule.none.begin + i;
    if (possible(rules_.pack.matchers[matcher])) {
      (void)find_all(matcher, kMaxPlaces, excuses[i]);
    }
  }
  for (const RegexPlace anchor : anchors) {
    const bool together =
        std::all_of(companions.begin(), companions.end(),
                    [&](const Places& places) { return near_enough(rule, anchor, places); });
    if (together && !excused(rule, anchor, excuses)) {
      place = anchor;
      return RuleOutcome::kHit;
    }
  }
  return budget ? RuleOutcome::kBudget : RuleOutcome::kNoHit;
}

RuleOutcome RuleTrial::match(std::uint32_t index, RegexPlace& place) {
  const PackRule& rule = rules_.pack.rules[index];
  // Without `any` the first of `all` is the anchor.
  const bool own_anchor = rule.any.count > 0;
  if (!own_anchor && rule.all.count == 0) {
    return RuleOutcome::kNoHit;
  }
  const PackRange anchor_range =
      own_anchor ? rule.any : PackRange{.begin = rule.all.begin, .count = 1};
  const PackRange others =
      own_anchor ? rule.all : PackRange{.begin = rule.all.begin + 1, .count = rule.all.count - 1};
  const bool first_will_do = others.count == 0 && rule.none.count == 0;
  bool budget = false;
  Places anchors;
  for (std::uint32_t i = 0; i < anchor_range.count; ++i) {
    const std::uint32_t matcher = anchor_range.begin + i;
    if (!possible(rules_.pack.matchers[matcher])) {
      continue;
    }
    if (find_all(matcher, first_will_do ? 1 : kMaxPlaces, anchors) == Search::kBudget) {
      budget = true;
    }
  }
  if (anchors.empty()) {
    return budget ? RuleOutcome::kBudget : RuleOutcome::kNoHit;
  }
  std::sort(anchors.begin(), anchors.end(), by_place);
  if (first_will_do) {
    place = anchors.front();
    return RuleOutcome::kHit;
  }
  return match_parts(rule, others, anchors, budget, place);
}

}  // namespace merlon
