#pragma once
/// How bad a finding is, and how much it proves alone.
#include <cstdint>
#include <optional>
#include <string_view>

namespace merlon {

enum class Severity : std::uint8_t { kInfo, kLow, kMedium, kHigh, kCritical };

/// Hard: alone enough to fail a build, almost never wrong. Soft: only adds its score to a tool's
/// sum.
enum class Tier : std::uint8_t { kHard, kSoft };

[[nodiscard]] std::string_view to_string(Severity severity);
[[nodiscard]] std::string_view to_string(Tier tier);
[[nodiscard]] std::optional<Severity> parse_severity(std::string_view word);
[[nodiscard]] std::optional<Tier> parse_tier(std::string_view word);

}  // namespace merlon
