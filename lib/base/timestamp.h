#pragma once
/// A point in time as policies write it, RFC 3339 (`2026-11-21T14:00:00Z`, TOML's offset
/// date-time), and as events carry it.
#include <cstdint>
#include <optional>
#include <string_view>

namespace merlon {

/// Milliseconds since 1970-01-01T00:00:00Z, fractions cut off. Nothing for what is no such time: no
/// offset, no such day, a year before 1970 or after 9999. A leap second counts as the second before
/// it. Pure.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp_ms(std::string_view text);

}  // namespace merlon
