#pragma once
/// From decisions to rulings: what is compared between two policies.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/decision.h"
#include "replay/replayed_session.h"

namespace merlon {

[[nodiscard]] Ruling ruling_of(const Decision& decision, RecordedAction action);
/// Of a recorded decision, decision_json(). Nothing when it is none.
[[nodiscard]] std::optional<Ruling> parse_ruling(std::string_view decision, RecordedAction action);
/// Copies of determining_reasons().
[[nodiscard]] std::vector<Reason> reasons_of(const Decision& decision);
/// Counts the guards and rules that said anything but allow.
void count_fired(const Decision& decision, FiredCounts& fired);

}  // namespace merlon
