#pragma once
/// One rule against one reading of a text.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/regex/folded_text.h"
#include "base/regex/regex.h"
#include "rules/clause.h"
#include "rules/detector.h"
#include "rules/literal_places.h"
#include "rules/matcher.h"
#include "rules/matcher_impl.h"

namespace merlon {

/// Which sets of literals the prefilter has seen in the reading at hand.
class SetMarks {
 public:
  explicit SetMarks(std::size_t sets) : seen_(sets, 0) {}
  void start() { ++now_; }
  void mark(std::uint32_t set) { seen_[set] = now_; }
  [[nodiscard]] bool has(std::uint32_t set) const { return seen_[set] == now_; }

 private:
  std::vector<std::uint32_t> seen_;
  std::uint32_t now_{0};
};

enum class RuleOutcome : std::uint8_t { kNoHit, kHit, kBudget };

/// Working memory of one thread. `start` begins a reading; then any rules may be tried on it.
class RuleTrial {
 public:
  RuleTrial(const CompiledRules::Impl& rules, const SetMarks& marks, LiteralPlaces& literals,
            const Limits& limits, Prefilter prefilter)
      : rules_(rules),
        marks_(marks),
        literals_(literals),
        scratch_(limits),
        prefilter_(prefilter) {}

  void start(std::string_view text, TextView view, const FoldedText& folded);
  /// The first hit of the rule in the reading.
  [[nodiscard]] RuleOutcome match(std::uint32_t index, RegexPlace& place);

 private:
  using Places = std::vector<RegexPlace>;
  enum class Search : std::uint8_t { kDone, kBudget };

  [[nodiscard]] bool possible(const PackMatcher& matcher) const;
  [[nodiscard]] bool has_bytes_of(const PackMatcher& matcher) const;
  Search find_all(std::uint32_t matcher, std::size_t wanted, Places& out);
  Search find_pattern(std::uint32_t matcher, std::size_t wanted, Places& out);
  RegexOutcome find_next(const Regex& regex, std::size_t from, bool anywhere, RegexPlace& place);
  Search find_phrase(std::uint32_t matcher, std::size_t wanted, Places& out);
  Search find_detected(std::uint32_t matcher, std::size_t wanted, Places& out);
  void accept(const PackMatcher& matcher, RegexPlace place, Places& out);
  [[nodiscard]] bool has_word_edges(const PackMatcher& matcher, std::size_t begin,
                                    std::size_t end) const;
  [[nodiscard]] bool near_enough(const PackRule& rule, RegexPlace anchor, const Places& others);
  [[nodiscard]] bool excused(const PackRule& rule, RegexPlace anchor,
                             const std::vector<Places>& excuses);
  [[nodiscard]] const Clause* clause_of(RegexPlace place);
  RuleOutcome match_parts(const PackRule& rule, PackRange others, const Places& anchors,
                          bool budget, RegexPlace& place);

  const CompiledRules::Impl& rules_;
  const SetMarks& marks_;
  LiteralPlaces& literals_;
  RegexScratch scratch_;
  Prefilter prefilter_;

  std::string_view text_;
  TextView view_{TextView::kRaw};
  const FoldedText* folded_{nullptr};
  std::optional<std::vector<Clause>> clauses_;  ///< split when a rule asks for them
  std::vector<DetectorHit> detected_;
  std::vector<RegexPlace> windows_;  ///< where matches of the pattern at hand can begin
};

}  // namespace merlon
