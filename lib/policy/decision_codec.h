#pragma once
/// The one spelling of a Decision, for logs, recordings and comparison: equal decisions have equal
/// bytes.
#include <string>

#include "model/decision.h"

namespace merlon {

/// One line of compact JSON, members in a fixed order. docs/spec/decision.md.
[[nodiscard]] std::string decision_json(const Decision& decision);

}  // namespace merlon
