#pragma once
/// What must hold of every answer of the matcher, whatever the rules and the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "fuzz/document_invariants.h"
#include "rules/matcher.h"

namespace merlon::test {

/// The first surface that a rule looks at.
inline Surface some_surface_of(SurfaceSet surfaces) {
  for (unsigned bit = 0; bit < static_cast<unsigned>(Surface::kCount); ++bit) {
    if ((surfaces & surface_bit(static_cast<Surface>(bit))) != 0) {
      return static_cast<Surface>(bit);
    }
  }
  return Surface::kOther;
}

/// Small enough that a slow input is one that breaks a bound, not one that is merely long.
inline Limits fuzz_match_limits() {
  Limits limits;
  limits.text_bytes = 16'384;
  limits.decode_bytes = 16'384;
  limits.regex_match_limit = 2'000;
  return limits;
}

inline std::vector<RuleHit> hits_of(RuleMatcherState& state, Surface surface,
                                    std::string_view text) {
  std::vector<RuleHit> hits;
  state.match(surface, text, hits);
  return hits;
}

inline void check_hit(const RuleHit& hit, std::string_view text, std::size_t rules) {
  if (hit.rule >= rules) {
    broken("a hit of no rule");
  }
  if (hit.begin > hit.end || hit.end > text.size()) {
    broken("a hit outside its text: rule " + std::to_string(hit.rule));
  }
  if (find_invalid_utf8(hit.evidence) || hit.evidence.size() > 600) {
    broken("evidence of rule " + std::to_string(hit.rule));
  }
  if ((hit.view == TextView::kDecoded) != !hit.decoded_by.empty()) {
    broken("a decoded hit without its layers, or layers without decoding");
  }
}

inline bool same_hit(const RuleHit& a, const RuleHit& b) {
  return a.rule == b.rule && a.begin == b.begin && a.end == b.end && a.view == b.view &&
         a.evidence == b.evidence && a.decoded_by == b.decoded_by &&
         a.budget_exceeded == b.budget_exceeded;
}

inline bool same_hits(const std::vector<RuleHit>& a, const std::vector<RuleHit>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_hit);
}

/// Without the prefilter a rule is also tried where no literal announces it, and may reach its
/// bound there: those answers are no difference.
inline std::vector<RuleHit> decided(std::vector<RuleHit> hits) {
  std::erase_if(hits, [](const RuleHit& hit) { return hit.budget_exceeded; });
  return hits;
}

/// Places, order and bounds of the hits; the same when asked again; the same without prefilter.
inline void check_hits(const CompiledRules& rules, Surface surface, std::string_view text) {
  const Limits limits = fuzz_match_limits();
  RuleMatcherState state(rules, limits);
  const std::vector<RuleHit> hits = hits_of(state, surface, text);
  for (const RuleHit& hit : hits) {
    check_hit(hit, text, rules.rules().size());
  }
  const auto by_rule = [](const RuleHit& a, const RuleHit& b) { return a.rule < b.rule; };
  if (!std::is_sorted(hits.begin(), hits.end(), by_rule)) {
    broken("hits are not sorted");
  }
  if (!same_hits(hits, hits_of(state, surface, text))) {
    broken("another answer the second time");
  }
  RuleMatcherState plain(rules, limits, Prefilter::kOff);
  const std::vector<RuleHit> expected = hits_of(plain, surface, text);
  if (!same_hits(decided(hits), decided(expected))) {
    broken("the prefilter changes what is found");
  }
}

}  // namespace merlon::test
