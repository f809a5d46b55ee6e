#include "base/statistics.h"

#include <array>
#include <vector>

#include <doctest/doctest.h>

namespace merlon {
namespace {

struct KnownShare {
  std::uint64_t hits;
  std::uint64_t cases;
  Interval wilson;
  Interval exact;
};

/// Made by another implementation.
constexpr std::array<KnownShare, 7> kKnownShares{{
    {0, 10, {0.000000, 0.277533}, {0.000000, 0.308497}},
    {5, 10, {0.236593, 0.763407}, {0.187086, 0.812914}},
    {10, 10, {0.722467, 1.000000}, {0.691503, 1.000000}},
    {0, 252, {0.000000, 0.015015}, {0.000000, 0.014532}},
    {164, 252, {0.590070, 0.706988}, {0.588443, 0.709550}},
    {685, 919, {0.716228, 0.772480}, {0.715907, 0.773262}},
    {919, 919, {0.995837, 1.000000}, {0.995994, 1.000000}},
}};

bool is_close(double a, double b) {
  // The reference has six digits.
  return a - b <= 1e-6 && b - a <= 1e-6;
}

}  // namespace

TEST_CASE("statistics: Wilson's and Clopper-Pearson's intervals are the reference values") {
  for (const KnownShare& known : kKnownShares) {
    CAPTURE(known.hits);
    CAPTURE(known.cases);
    const Interval wilson = wilson_interval(known.hits, known.cases);
    CHECK(is_close(wilson.low, known.wilson.low));
    CHECK(is_close(wilson.high, known.wilson.high));
    const Interval exact = clopper_pearson_interval(known.hits, known.cases);
    CHECK(is_close(exact.low, known.exact.low));
    CHECK(is_close(exact.high, known.exact.high));
  }
}

TEST_CASE("statistics: of no cases nothing is known") {
  for (const Interval interval : {wilson_interval(0, 0), clopper_pearson_interval(0, 0),
                                  cluster_bootstrap_interval({}, {})}) {
    CHECK(interval.low == 0);
    CHECK(interval.high == 1);
  }
}

TEST_CASE("statistics: one cluster says nothing about others") {
  const std::vector<ClusterCount> one{{.hits = 5, .cases = 5}};
  CHECK(cluster_bootstrap_interval(one, {}).low == 0);
  CHECK(cluster_bootstrap_interval(one, {}).high == 1);
}

TEST_CASE("statistics: a million cases keep their digits") {
  const Interval exact = clopper_pearson_interval(0, 1'000'000);
  // 1 - 0.025^(1/n)
  CHECK(is_close(exact.high * 1e5, 3.688872650e-6 * 1e5));
  const Interval half = clopper_pearson_interval(500'000, 1'000'000);
  CHECK(is_close(half.low, 0.499019));
  CHECK(is_close(half.high, 0.500981));
}

TEST_CASE("statistics: McNemar's exact p is the reference value") {
  CHECK(is_close(mcnemar_exact(10, 2), 0.03857422));
  CHECK(is_close(mcnemar_exact(2, 10), 0.03857422));
  CHECK(mcnemar_exact(5, 5) == 1);
  CHECK(is_close(mcnemar_exact(0, 6), 0.03125));
  CHECK(is_close(mcnemar_exact(25, 10), 0.01667385));
  CHECK(is_close(mcnemar_exact(1, 0), 1));
  CHECK(mcnemar_exact(0, 0) == 1);
}

TEST_CASE("statistics: clusters of one case each give about what single cases give") {
  std::vector<ClusterCount> clusters(252);
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    clusters[i] = {.hits = i < 164 ? 1U : 0U, .cases = 1};
  }
  const Interval interval = cluster_bootstrap_interval(clusters, {.seed = 7});
  CHECK(interval.low > 0.58);
  CHECK(interval.low < 0.60);
  CHECK(interval.high > 0.70);
  CHECK(interval.high < 0.72);
}

TEST_CASE("statistics: what hangs together widens the interval, and the seed decides every bit") {
  // The same 164 of 252, in 12 clusters that are all or nothing but one.
  std::vector<ClusterCount> clusters;
  for (std::size_t i = 0; i < 12; ++i) {
    const std::uint64_t hits = i < 7 ? 21 : i == 7 ? 17 : 0;
    clusters.push_back({.hits = hits, .cases = 21});
  }
  const Interval interval = cluster_bootstrap_interval(clusters, {.seed = 7});
  const Interval again = cluster_bootstrap_interval(clusters, {.seed = 7});
  const Interval other = cluster_bootstrap_interval(clusters, {.seed = 8, .resamples = 500});
  CHECK(interval.high - interval.low > 0.4);
  CHECK(interval.low == again.low);
  CHECK(interval.high == again.high);
  CHECK((other.low != interval.low || other.high != interval.high));
}

TEST_CASE("statistics: per cent has as many digits as asked for") {
  const Interval some = wilson_interval(9, 3947);
  CHECK(per_cent(some.low, 2) == "0.12");
  CHECK(per_cent(some.high, 2) == "0.43");
  CHECK(per_cent(1, 1) == "100.0");
}

}  // namespace merlon
