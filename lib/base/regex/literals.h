#pragma once
/// Which literals a pattern cannot do without, so that most texts need not be searched.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

/// One of these stands in the folded form (folded_text.h) of every text that the pattern matches;
/// at least three bytes each.
using LiteralSet = std::vector<std::string>;

/// A distance without a bound, or one that is not known.
inline constexpr std::size_t kNoReach = static_cast<std::size_t>(-1);

/// What every text that a pattern matches has. Conservative: what is not understood (conditions,
/// recursion, verbs, extended syntax, \Q) requires nothing, and the pattern must always be tried.
struct PatternNeeds {
  /// Up to three sets, the most telling first; a text that lacks all literals of any one of them
  /// need not be searched.
  std::vector<LiteralSet> sets;
  /// By set: one of its literals stands in the match and begins, in the folded text, at most so
  /// many code points behind the match's own beginning.
  std::vector<std::size_t> reaches;
  /// That many token characters (is_token_byte) in a row; 0: unknown.
  std::size_t token_run{0};
  /// That many digits (of any script) in a row; 0: unknown.
  std::size_t digit_run{0};
};
[[nodiscard]] PatternNeeds pattern_needs(std::string_view pattern);

}  // namespace merlon
