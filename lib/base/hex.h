#pragma once
/// Lower-case hex digits of any bytes, and back.
///
///   to_hex("\x01\xAB")      // "01ab"
///   from_hex("01AB")        // the two bytes; either case
///
/// Pure; linear.
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Nothing for an odd length or another character.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

}  // namespace merlon
