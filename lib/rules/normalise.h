#pragma once
/// Undoes what makes a text look the same to a reader and different to a pattern. Bounded and
/// linear.
///
/// In this order: invisible characters go; Unicode blanks become spaces; NFKC (fullwidth,
/// mathematical and circled letters, ligatures); typographic quotes and dashes become ASCII; words
/// of which every letter is Latin or looks like a Latin one (Cyrillic, Greek, Armenian, small
/// capitals) become Latin; letters that stand apart are joined
/// (`i g n o r e`, `i.g.n.o.r.e`); words in light leet (`1gn0r3`) become words when they are words
/// of a fixed list.
#include <string>
#include <string_view>
#include <vector>

#include "rules/matcher_place_map.h"

namespace merlon {

struct DerivedText {
  std::string text;
  PlaceMap places;  ///< into the text it was made from
};

/// Cheap: false when normalising cannot change more than case and blanks.
[[nodiscard]] bool may_change_when_normalised(std::string_view text);

/// The normalised text, and where it has accented Latin letters the same without accents. `text` is
/// valid UTF-8.
[[nodiscard]] std::vector<DerivedText> normalise(std::string_view text);

}  // namespace merlon
