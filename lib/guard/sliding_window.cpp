#include "guard/sliding_window.h"

#include <algorithm>

namespace merlon {
namespace {

constexpr std::int64_t kMsPerSecond = 1000;

/// The first time that still counts.
std::vector<std::int64_t>::const_iterator first_counting(const std::vector<std::int64_t>& times,
                                                         const WindowLimit& limit,
                                                         std::int64_t now_ms) {
  return std::upper_bound(times.begin(), times.end(), now_ms - limit.window_ms);
}

}  // namespace

std::optional<std::uint64_t> wait_for_room(const std::vector<std::int64_t>& times,
                                           const WindowLimit& limit, std::int64_t now_ms) {
  const auto first = first_counting(times, limit, now_ms);
  const auto counting = static_cast<std::size_t>(times.end() - first);
  if (counting < limit.max) {
    return std::nullopt;
  }
  // There is room when so many have left that one less than `max` is there.
  const std::int64_t leaving = *(first + static_cast<std::ptrdiff_t>(counting - limit.max));
  const std::int64_t wait = leaving + limit.window_ms - now_ms;
  return static_cast<std::uint64_t>((wait + kMsPerSecond - 1) / kMsPerSecond);
}

void count_event(std::vector<std::int64_t>& times, const WindowLimit& limit, std::int64_t now_ms) {
  times.erase(times.begin(), first_counting(times, limit, now_ms));
  times.insert(std::upper_bound(times.begin(), times.end(), now_ms), now_ms);
  if (times.size() > limit.max) {
    // In shadow mode more than `max` pass; the oldest cannot matter any more.
    times.erase(times.begin(),
                times.begin() + static_cast<std::ptrdiff_t>(times.size() - limit.max));
  }
}

}  // namespace merlon
