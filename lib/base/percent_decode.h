#pragma once
/// Percent-encoding taken off.
#include <string>
#include <string_view>

namespace merlon {

/// One layer; what is no `%` with two hex digits stays.
[[nodiscard]] std::string percent_decode(std::string_view text);

}  // namespace merlon
