#include "eval/interval.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace merlon {

Interval wilson_interval(std::uint64_t hits, std::uint64_t cases) {
  if (cases == 0) {
    return {};
  }
  constexpr double kZ = 1.959963984540054;
  const auto n = static_cast<double>(cases);
  const double share = static_cast<double>(hits) / n;
  const double scale = 1 + kZ * kZ / n;
  const double centre = share + kZ * kZ / (2 * n);
  const double half = kZ * std::sqrt(share * (1 - share) / n + kZ * kZ / (4 * n * n));
  return {.low = std::max(0.0, (centre - half) / scale),
          .high = std::min(1.0, (centre + half) / scale)};
}

std::string per_cent(double share, int digits) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), share * 100,
                                          std::chars_format::fixed, digits);
  return error == std::errc() ? std::string(buffer.data(), end) : std::string("?");
}

}  // namespace merlon
