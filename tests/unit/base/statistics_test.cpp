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

TEST_CASE("statistics: Newcombe's interval of paired shares is that of his paper (method 10)") {
  struct Known {
    PairedCounts counts;
    double low;
    double high;
  };
  // 36, 12, 2, 0 and so on are the tables of Statistics in Medicine 17 (1998), p. 2639, with six
  // digits of an implementation in another language.
  for (const Known& known :
       {Known{{36, 12, 2, 0}, 0.056930, 0.340428}, Known{{20, 12, 2, 16}, 0.056156, 0.329207},
        Known{{53, 13, 1, 3}, 0.070148, 0.279691}, Known{{2, 97, 1, 0}, 0.872116, 0.985366},
        Known{{54, 0, 0, 0}, -0.066414, 0.066414}, Known{{0, 5, 0, 5}, 0.117367, 0.763407}}) {
    CAPTURE(known.low);
    const Interval found = newcombe_paired_interval(known.counts);
    CHECK(is_close(found.low, known.low));
    CHECK(is_close(found.high, known.high));
    // The other way round it is the mirror image.
    const Interval mirrored = newcombe_paired_interval({.both = known.counts.both,
                                                        .only_first = known.counts.only_second,
                                                        .only_second = known.counts.only_first,
                                                        .neither = known.counts.neither});
    CHECK(is_close(mirrored.low, -known.high));
    CHECK(is_close(mirrored.high, -known.low));
  }
  CHECK(newcombe_paired_interval({}).low == -1);
  CHECK(newcombe_paired_interval({}).high == 1);
}

TEST_CASE("statistics: Holm's correction steps down, never falls, and keeps the order") {
  const auto close = [](const std::vector<double>& p, const std::vector<double>& wanted) {
    const std::vector<double> found = holm_adjusted(p);
    REQUIRE(found.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CHECK(is_close(found[i], wanted[i]));
    }
  };
  close({}, {});
  close({0.03}, {0.03});
  close({0.01, 0.04, 0.03, 0.005}, {0.03, 0.06, 0.06, 0.02});
  close({0.5, 0.5}, {1, 1});
  close({0.001, 0.2, 0.19}, {0.003, 0.38, 0.38});
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
