#pragma once
/// The spelling of taxonomy ids that rules may carry.
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

/// Nothing for a well-formed id of a known taxonomy; else what a right one looks like.
[[nodiscard]] std::optional<std::string> find_taxonomy_problem(std::string_view id);

}  // namespace merlon
