#pragma once
/// Seconds since 1970 as people read them: `2026-11-21T14:00:00Z`.
#include <cstdint>
#include <string>

namespace merlon {

/// Times outside the years 1970 to 9999 as the number of seconds.
[[nodiscard]] std::string utc_time_text(std::int64_t seconds);

}  // namespace merlon
