#pragma once
/// Punycode (RFC 3492), encoding only: what DNS is asked for a label beyond ASCII.
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

/// `xn--` and the code of a label in UTF-8; the label itself when it is ASCII; nothing for one
/// above 63 code points or bad UTF-8. Pure.
[[nodiscard]] std::optional<std::string> punycode_label(std::string_view label);

}  // namespace merlon
