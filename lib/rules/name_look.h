#pragma once
/// Names that a person or a model takes for one another.
///
///   if (a != b && look_of(a) == look_of(b)) { ... one of them has a letter of another script ... }
#include <string>
#include <string_view>

namespace merlon {

/// What a name looks like: other scripts folded, case ignored, 0 as o and 1, i as l.
[[nodiscard]] std::string look_of(std::string_view name);

/// `send_report` and `send_reports`, `v1_x` and `v2_x` are how people number and count. For names
/// that are one edit apart.
[[nodiscard]] bool is_ordinary_difference(std::string_view a, std::string_view b);

}  // namespace merlon
