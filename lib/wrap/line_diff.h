#pragma once
/// The difference of two texts for people: unified, three lines of context.
#include <string>
#include <string_view>

namespace merlon {

/// `--- NAME`, `+++ NAME` and hunks; empty when the texts are equal. Lines are not escaped. Texts
/// whose middle parts are long are shown as one replacement: the work is bounded.
[[nodiscard]] std::string unified_diff(std::string_view name, std::string_view before,
                                       std::string_view after);

}  // namespace merlon
