#pragma once
/// Reads digits and signs that stand for letters: `1gn0r3`. Linear.
#include <string_view>

#include "rules/normalise_units.h"

namespace merlon {

/// Cheap: false when fold_leet would change nothing. ASCII only.
[[nodiscard]] bool looks_leet(std::string_view text);

/// A word that becomes a word of the list; and in a text with three words of letters and digits
/// (`pr3v10us`) every such word.
void fold_leet(TextUnits& units);

}  // namespace merlon
