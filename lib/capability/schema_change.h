#pragma once
/// Whether a difference inside a tool's input schema lets more in than before.
#include <optional>
#include <string>

#include "capability/definition_walk.h"
#include "capability/schema_path.h"

namespace merlon {

struct SchemaVerdict {
  bool risk_grew{false};
  std::string why;
};

/// `where` is schema_path(difference.path), of role kKeyword or kParameter. Nothing: no rule about
/// this keyword; it is judged as a text.
[[nodiscard]] std::optional<SchemaVerdict> judge_schema_change(const Document& before,
                                                               const Document& after,
                                                               const ValueDifference& difference,
                                                               const SchemaPath& where);

}  // namespace merlon
