#pragma once
/// Shares of counts and how sure they are: intervals, a test for two policies on the same cases.
/// All at 95 %. The same bytes on every machine: no library distribution, no global generator.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace merlon {

struct Interval {
  double low{0};
  double high{1};
};

/// Wilson's score interval; [0, 1] for no cases.
[[nodiscard]] Interval wilson_interval(std::uint64_t hits, std::uint64_t cases);

/// Clopper and Pearson's exact interval, for guarantees: it never covers less than it says. [0, 1]
/// for no cases. `hits` is at most `cases`.
[[nodiscard]] Interval clopper_pearson_interval(std::uint64_t hits, std::uint64_t cases);

/// McNemar's exact two-sided p for two treatments of the same cases: `only_first` came out well
/// under the first alone, `only_second` under the second alone.
[[nodiscard]] double mcnemar_exact(std::uint64_t only_first, std::uint64_t only_second);

/// How two treatments of the same cases came out.
struct PairedCounts {
  std::uint64_t both{0};
  std::uint64_t only_first{0};
  std::uint64_t only_second{0};
  std::uint64_t neither{0};
};
/// Newcombe's interval of the difference of the two shares, first less second (Statistics in
/// Medicine 17, 1998, method 10: Wilson's intervals put together, with the correlation of the
/// pairs, corrected for continuity). [-1, 1] for no cases.
[[nodiscard]] Interval newcombe_paired_interval(const PairedCounts& counts);

/// Holm's step-down correction: p values as they count when all of them were asked at once, in the
/// same order.
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p);

/// Cases that belong together: of one task, one suite, one user.
struct ClusterCount {
  std::uint64_t hits{0};
  std::uint64_t cases{0};
};
struct BootstrapOptions {
  std::uint64_t seed{1};
  std::uint32_t resamples{10'000};
};
/// Percentile interval of the share when whole clusters are drawn again, with replacement. [0, 1]
/// for no cases, and for one cluster, of which nothing else can be drawn. Depends on the order of
/// the clusters: sort them.
[[nodiscard]] Interval cluster_bootstrap_interval(std::span<const ClusterCount> clusters,
                                                  const BootstrapOptions& options);

/// A share in per cent with this many digits behind the point: "98.1". The same everywhere.
[[nodiscard]] std::string per_cent(double share, int digits);

}  // namespace merlon
