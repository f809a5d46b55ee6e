#pragma once
/// Names the features of a clause. One list for both uses: summing weights and showing them.
#include <cstdint>

#include "rules/instruction/clause_reading.h"
#include "rules/instruction/feature_sink.h"
#include "rules/instruction/line_kind.h"

namespace merlon {

/// What a string of a tool is.
enum class StringKind : std::uint8_t {
  kTitle,
  kDescription,
  kProperty,  ///< description, title or comment inside a schema
  kValue,     ///< default, const, enum, example or pattern
};

enum class ClausePosition : std::uint8_t { kOnly, kFirst, kMiddle, kLast };

/// What is around a clause.
struct ClauseContext {
  StringKind kind{StringKind::kDescription};
  ClausePosition position{ClausePosition::kOnly};
  TextSection section{TextSection::kNone};
  bool parameter{false};
  bool item{false};
  unsigned content{0};   ///< distinct words with a meaning of their own
  unsigned shared{0};    ///< of them, in the tool's name, its parameters' names or another clause
  unsigned in_name{0};   ///< of them, in the tool's name
  unsigned unknown{0};   ///< of them, used by hardly any server of the training half
  unsigned uncommon{0};  ///< of them, used by few
};

/// `n:`, `lang:`, `w:`, `b:`, `f:`, `g:`.
template <class Sink>
void add_word_features(const ClauseReading& reading, Sink& sink);
/// `c:`
template <class Sink>
void add_class_features(ClauseClasses classes, Sink& sink);
/// All but words and classes: where the clause stands and how it differs from the rest of the tool.
template <class Sink>
void add_context_features(const ClauseContext& context, ClauseClasses classes, Sink& sink);
/// `n:`
template <class Sink>
void add_length_feature(const ClauseReading& reading, Sink& sink);

extern template void add_word_features(const ClauseReading&, WeightSum&);
extern template void add_word_features(const ClauseReading&, FeatureList&);
extern template void add_class_features(ClauseClasses, WeightSum&);
extern template void add_class_features(ClauseClasses, FeatureList&);
extern template void add_context_features(const ClauseContext&, ClauseClasses, WeightSum&);
extern template void add_context_features(const ClauseContext&, ClauseClasses, FeatureList&);
extern template void add_length_feature(const ClauseReading&, WeightSum&);
extern template void add_length_feature(const ClauseReading&, FeatureList&);

}  // namespace merlon
