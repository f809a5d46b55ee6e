#pragma once
/// Joins letters that stand apart: `i g n o r e   a l l`, `i.g.n.o.r.e`. Linear.
#include <string_view>

#include "rules/normalise_units.h"

namespace merlon {

/// Cheap: false when no five letters in a row stand apart. ASCII only.
[[nodiscard]] bool looks_spaced(std::string_view text);

/// Where words are set apart by wider gaps, the gaps become blanks; else the letters are cut into
/// words of the list as far as that goes.
void join_spaced_letters(TextUnits& units);

}  // namespace merlon
