#pragma once
/// Which literals a pattern cannot do without, so that most texts need not be searched.
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

/// One of these stands in the folded form (folded_text.h) of every text that the pattern matches;
/// at least three bytes each.
using LiteralSet = std::vector<std::string>;

/// Up to three sets, the most telling first; a text that lacks all literals of any one of them need
/// not be searched. Empty: nothing is known, the pattern must always be tried. Conservative: what
/// is not understood (conditions, recursion, verbs, extended syntax, \Q) gives an empty answer.
[[nodiscard]] std::vector<LiteralSet> required_literals(std::string_view pattern);

}  // namespace merlon
