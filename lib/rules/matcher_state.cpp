#include <algorithm>
#include <deque>
#include <functional>
#include <utility>

#include "base/regex/folded_text.h"
#include "base/regex/literal_index.h"
#include "base/text.h"
#include "rules/literal_places.h"
#include "rules/matcher.h"
#include "rules/matcher_impl.h"
#include "rules/matcher_reading.h"
#include "rules/matcher_rule.h"

namespace merlon {
namespace {

constexpr std::size_t kCachedBytes = 256;  // longer strings hardly ever repeat
constexpr std::size_t kCacheSlots = 4096;
constexpr std::size_t kEvidenceBytes = 512;

/// The answers of strings met before: manifests repeat `type`, `object` and whole parameter
/// descriptions.
class HitCache {
 public:
  /// The slot of a string; `known` says whether it holds that string's answer.
  std::vector<RuleHit>& slot(Surface surface, std::string_view text, bool& known) {
    if (slot_of_.empty()) {
      slot_of_.resize(kCacheSlots);
    }
    const std::size_t hash = std::hash<std::string_view>{}(text) ^
                             (static_cast<std::size_t>(surface) * 0x9E3779B97F4A7C15ULL);
    std::uint32_t& number = slot_of_[(hash >> 20U) % kCacheSlots];
    known = number != 0;
    if (!known) {
      slots_.emplace_back();
      number = static_cast<std::uint32_t>(slots_.size());
    }
    Slot& slot = slots_[number - 1];
    known = known && slot.surface == surface && slot.text == text;
    if (!known) {
      slot.surface = surface;
      slot.text.assign(text);
      slot.hits.clear();
    }
    return slot.hits;
  }

 private:
  struct Slot {
    Surface surface{Surface::kOther};
    std::string text;
    std::vector<RuleHit> hits;
  };
  // Slots are made when they are met first: a scan of one small file would else touch more memory
  // for the cache than for all the rest.
  std::vector<std::uint32_t> slot_of_;  ///< by hash: 0, or the number of a slot
  std::deque<Slot> slots_;              ///< answers are handed out by reference
};

bool by_rule(const RuleHit& a, const RuleHit& b) {
  return a.rule < b.rule;
}

std::size_t cut_at_code_point(std::string_view text, std::size_t limit) {
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0U) == 0x80U) {
    --limit;
  }
  return limit;
}

}  // namespace

struct RuleMatcherState::Impl {
  Impl(const CompiledRules& compiled, const Limits& bounds, Prefilter mode)
      : rules(compiled.impl()),
        limits(bounds),
        prefilter(mode),
        readings(limits),
        marks(rules.pack.sets.size()),
        places(rules.pack),
        trial(rules, marks, places, limits, prefilter),
        literal_seen(rules.pack.literals.size(), 0),
        candidate_seen(rules.pack.rules.size(), 0),
        outcomes(rules.pack.rules.size(), RuleOutcome::kNoHit) {}

  void match(Surface surface, std::string_view text, std::vector<RuleHit>& hits);
  [[nodiscard]] const FoldedText& fold(std::size_t index);
  void match_string(Surface surface, std::string_view text, std::vector<RuleHit>& hits);
  void match_reading(std::size_t index, SurfaceSet surface, std::vector<RuleHit>& hits);
  void find_candidates();
  void mark_literal(std::uint32_t literal, std::size_t begin);
  void add_candidate(std::uint32_t rule);
  void add_hit(std::uint32_t rule, std::size_t index, RegexPlace place,
               std::vector<RuleHit>& hits) const;
  [[nodiscard]] bool applies(std::uint32_t rule, SurfaceSet surface) const {
    const PackRule& facts = rules.pack.rules[rule];
    return facts.enabled != 0 && (facts.surfaces & surface) != 0;
  }
  void report_cut(Surface surface, std::size_t begin, std::size_t end,
                  std::vector<RuleHit>& hits) const;

  const CompiledRules::Impl& rules;
  Limits limits;
  Prefilter prefilter;
  Readings readings;
  SetMarks marks;
  LiteralPlaces places;
  RuleTrial trial;
  FoldedText own_folded;
  const FoldedText* raw_folded{nullptr};  ///< of the string at hand, when the caller has it
  const FoldedText* folded{nullptr};      ///< of the reading at hand
  HitCache cache;
  std::vector<std::uint32_t> literal_seen;    ///< by literal: the reading in which it was seen last
  std::vector<std::uint32_t> candidate_seen;  ///< by rule
  std::uint32_t reading{0};                   ///< number of the reading at hand
  std::vector<std::uint32_t> candidates;
  std::vector<RuleOutcome> outcomes;   ///< by rule, of the string at hand
  std::vector<std::uint32_t> touched;  ///< rules whose outcome is not kNoHit
  bool looks_rot13{false};
  std::string repaired;
};

void RuleMatcherState::Impl::add_candidate(std::uint32_t rule) {
  if (candidate_seen[rule] == reading) {
    return;
  }
  candidate_seen[rule] = reading;
  candidates.push_back(rule);
}

void RuleMatcherState::Impl::mark_literal(std::uint32_t literal, std::size_t begin) {
  const bool seen = literal_seen[literal] == reading;
  if (seen && !places.keeps()) {
    return;
  }
  const PackLiteral& facts = rules.pack.literals[literal];
  if (!has_literal_at(folded->text(), begin, rules.pack.text(facts.text))) {
    return;
  }
  if (places.keeps()) {
    places.add(literal, begin);
  }
  if (seen) {
    return;
  }
  literal_seen[literal] = reading;
  for (const std::uint32_t set : rules.pack.set_list.subspan(facts.sets.begin, facts.sets.count)) {
    marks.mark(set);
    const PackSet& owner = rules.pack.sets[set];
    if (owner.matcher == kNoIndex) {
      looks_rot13 = true;
    } else if (owner.trigger != 0) {
      add_candidate(rules.pack.matchers[owner.matcher].rule);
    }
  }
}

void RuleMatcherState::Impl::find_candidates() {
  candidates.clear();
  marks.start();
  ++reading;
  looks_rot13 = false;
  places.start(prefilter == Prefilter::kOn && folded->text().size() >= LiteralPlaces::kWorthwhile);
  const auto compare = [this](std::uint32_t literal, std::size_t begin) {
    mark_literal(literal, begin);
  };
  scan_literals(rules.pack.four, rules.pack.three, folded->text(), compare);
  if (prefilter == Prefilter::kOff) {
    for (std::uint32_t rule = 0; rule < rules.pack.rules.size(); ++rule) {
      add_candidate(rule);
    }
    return;
  }
  for (const std::uint32_t rule : rules.always) {
    add_candidate(rule);
  }
}

void RuleMatcherState::Impl::add_hit(std::uint32_t rule, std::size_t index, RegexPlace place,
                                     std::vector<RuleHit>& hits) const {
  const Reading& from = readings[index];
  const auto [begin, end] = readings.raw_place(index, place.begin, place.end);
  hits.push_back({.rule = rule,
                  .begin = static_cast<std::uint32_t>(begin),
                  .end = static_cast<std::uint32_t>(end),
                  .view = from.view,
                  .evidence = shorten(from.text().substr(place.begin, place.end - place.begin),
                                      kEvidenceBytes),
                  .decoded_by = from.layers});
}

const FoldedText& RuleMatcherState::Impl::fold(std::size_t index) {
  if (index == 0 && raw_folded != nullptr) {
    return *raw_folded;
  }
  own_folded.assign(readings[index].text());
  return own_folded;
}

void RuleMatcherState::Impl::match_reading(std::size_t index, SurfaceSet surface,
                                           std::vector<RuleHit>& hits) {
  const std::string_view text = readings[index].text();
  folded = &fold(index);
  find_candidates();
  trial.start(text, readings[index].view, *folded);
  for (const std::uint32_t rule : candidates) {
    if (outcomes[rule] == RuleOutcome::kHit || !applies(rule, surface)) {
      continue;
    }
    RegexPlace place;
    const RuleOutcome outcome = trial.match(rule, place);
    if (outcome == RuleOutcome::kNoHit) {
      continue;
    }
    if (outcomes[rule] == RuleOutcome::kNoHit) {
      touched.push_back(rule);
    }
    outcomes[rule] = outcome;
    if (outcome == RuleOutcome::kHit) {
      add_hit(rule, index, place, hits);
    }
  }
}

void RuleMatcherState::Impl::match_string(Surface surface, std::string_view text,
                                          std::vector<RuleHit>& hits) {
  const std::size_t before = hits.size();
  readings.assign(text);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    match_reading(i, surface_bit(surface), hits);
    readings.derive(i, folded->text(), looks_rot13);
  }
  for (const std::uint32_t rule : touched) {
    if (outcomes[rule] == RuleOutcome::kBudget) {
      hits.push_back(
          {.rule = rule, .end = static_cast<std::uint32_t>(text.size()), .budget_exceeded = true});
    }
    outcomes[rule] = RuleOutcome::kNoHit;
  }
  touched.clear();
  std::sort(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end(), by_rule);
}

void RuleMatcherState::Impl::report_cut(Surface surface, std::size_t begin, std::size_t end,
                                        std::vector<RuleHit>& hits) const {
  for (std::uint32_t rule = 0; rule < rules.pack.rules.size(); ++rule) {
    if (!applies(rule, surface_bit(surface))) {
      continue;
    }
    hits.push_back({.rule = rule,
                    .begin = static_cast<std::uint32_t>(begin),
                    .end = static_cast<std::uint32_t>(end),
                    .evidence = "the text has " + std::to_string(end) +
                                " bytes; rules saw the first " + std::to_string(begin),
                    .budget_exceeded = true});
    return;
  }
}

void RuleMatcherState::Impl::match(Surface surface, std::string_view text,
                                   std::vector<RuleHit>& hits) {
  if (text.empty()) {
    return;
  }
  const std::size_t before = hits.size();
  if (const std::size_t whole = text.size(); whole > limits.text_bytes) {
    const std::size_t cut = cut_at_code_point(text, limits.text_bytes);
    raw_folded = nullptr;
    match_string(surface, text.substr(0, cut), hits);
    report_cut(surface, cut, whole, hits);
    std::stable_sort(hits.begin() + static_cast<std::ptrdiff_t>(before), hits.end(), by_rule);
    return;
  }
  if (text.size() > kCachedBytes) {
    match_string(surface, text, hits);
    return;
  }
  bool known = false;
  std::vector<RuleHit>& answer = cache.slot(surface, text, known);
  if (!known) {
    match_string(surface, text, answer);
  }
  hits.insert(hits.end(), answer.begin(), answer.end());
}

RuleMatcherState::RuleMatcherState(const CompiledRules& rules, const Limits& limits,
                                   Prefilter prefilter)
    : impl_(std::make_unique<Impl>(rules, limits, prefilter)) {}

RuleMatcherState::~RuleMatcherState() = default;

void RuleMatcherState::match(Surface surface, std::string_view text, std::vector<RuleHit>& hits,
                             const FoldedText* folded) {
  impl_->raw_folded = folded;
  if (!find_invalid_utf8(text)) {
    impl_->match(surface, text, hits);
    return;
  }
  // Readers give valid UTF-8; should one not, a bad byte must not hide the text. One byte stays one
  // byte: places hold.
  impl_->raw_folded = nullptr;
  std::string& repaired = impl_->repaired;
  repaired.assign(text);
  for (std::size_t at = 0; at < repaired.size();) {
    const auto bad = find_invalid_utf8(std::string_view(repaired).substr(at));
    if (!bad) {
      break;
    }
    repaired[at + *bad] = '?';
    at += *bad + 1;
  }
  impl_->match(surface, repaired, hits);
}

}  // namespace merlon
