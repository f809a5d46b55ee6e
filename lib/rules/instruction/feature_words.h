#pragma once
/// Features of the instruction model in words that a person can judge.
#include <cstddef>
#include <string>
#include <vector>

#include "rules/instruction/feature_sink.h"

namespace merlon {

/// What a feature says, e.g. "shares no word with the rest of the tool" for `nov:0`; empty for one
/// that says nothing to a person (lengths, places of ordinary sentences).
[[nodiscard]] std::string feature_in_words(const std::string& name);

struct WeightedWords {
  std::string words;
  int weight{0};  ///< of all features that say the same
};

/// The reasons that weighed most towards an order, the heaviest first.
[[nodiscard]] std::vector<WeightedWords> heaviest_reasons(const std::vector<NamedWeight>& weights,
                                                          std::size_t most);

}  // namespace merlon
