#pragma once
/// Wilson's interval of a share.
#include <cstdint>
#include <string>

namespace merlon {

struct Interval {
  double low{0};
  double high{1};
};

/// 95 %; [0, 1] for no cases.
[[nodiscard]] Interval wilson_interval(std::uint64_t hits, std::uint64_t cases);

/// A share in per cent with this many digits behind the point: "98.1". The same everywhere.
[[nodiscard]] std::string per_cent(double share, int digits);

}  // namespace merlon
