#pragma once
/// Counts events in a window that slides: exact, not in buckets.
///
/// An event at time t counts at time n while n - t < window. The times of what was counted are kept
/// in order, at most `max` of them: more cannot change an answer. Time that goes backwards makes
/// the count stricter, never laxer.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace merlon {

struct WindowLimit {
  std::size_t max{1};  ///< at least 1
  std::int64_t window_ms{1000};
};

/// Nothing when one more event fits at `now_ms`; else the whole seconds after which it will.
[[nodiscard]] std::optional<std::uint64_t> wait_for_room(const std::vector<std::int64_t>& times,
                                                         const WindowLimit& limit,
                                                         std::int64_t now_ms);
/// Counts an event, and forgets what no longer counts.
void count_event(std::vector<std::int64_t>& times, const WindowLimit& limit, std::int64_t now_ms);

}  // namespace merlon
