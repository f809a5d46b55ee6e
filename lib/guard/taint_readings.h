#pragma once
/// What an argument may stand for: the text itself, and what comes out when encodings are taken off
/// it, up to two layers deep: base64 (standard, URL-safe, over line ends, at any alignment), hex
/// (plain or with blanks, colons, hyphens, commas between), percent and plus of forms, and all that
/// rules/decode.h takes off.
///
/// Nothing is asked of what comes out, so that any piece of a recorded text is met again. Linear;
/// at most kMostTaintBytes in all.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

inline constexpr std::size_t kMostTaintBytes = 16U << 20;

struct TaintReadings {
  std::vector<std::string> texts;  ///< the first is the argument
  bool cut{false};                 ///< the bound was reached
};

/// `least` is how many bytes a piece must have to matter.
[[nodiscard]] TaintReadings taint_readings(std::string_view text, std::size_t least);

}  // namespace merlon
