#include "base/statistics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

namespace merlon {
namespace {

constexpr double kTail = 0.025;  ///< of 95 %, on each side

/// ln Γ(x) for x > 0: Stirling's series above 10, the recurrence below. std::lgamma writes a
/// global.
double log_gamma(double x) {
  double shift = 0;
  for (; x < 10; x += 1) {
    shift -= std::log(x);
  }
  const double inverse = 1 / x;
  const double square = inverse * inverse;
  const double series =
      inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
  return shift + (x - 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) + series;
}

/// Continued fraction of the incomplete beta function (Lentz's method).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr double kClose = 1e-15;
  constexpr int kMostSteps = 100'000;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double out = d;
  for (int step = 1; step < kMostSteps; ++step) {
    const double m = step;
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    out *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    out *= d * c;
    if (std::abs(d * c - 1) < kClose) {
      break;
    }
  }
  return out;
}

/// The regularised incomplete beta function.
double incomplete_beta(double a, double b, double x) {
  if (x <= 0 || x >= 1) {
    return x <= 0 ? 0 : 1;
  }
  const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                                b * std::log1p(-x));
  // The fraction converges fast on one side of the mean only.
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                   : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/// Where the incomplete beta function reaches `wanted`: it rises with x.
double beta_quantile(double a, double b, double wanted) {
  constexpr int kHalvings = 100;
  double low = 0;
  double high = 1;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = low + (high - low) / 2;
    (incomplete_beta(a, b, middle) < wanted ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

/// SplitMix64: small, good enough to draw clusters, and written down here.
class ClusterDraw {
 public:
  explicit ClusterDraw(std::uint64_t seed) : state_(seed) {}

  /// Below `bound`, each as likely as the others.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t unfair = (0 - bound) % bound;
    for (;;) {
      const std::uint64_t value = next();
      if (value >= unfair) {
        return value % bound;
      }
    }
  }

 private:
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t out = state_;
    out = (out ^ (out >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    out = (out ^ (out >> 27U)) * 0x94D049BB133111EBULL;
    return out ^ (out >> 31U);
  }

  std::uint64_t state_;
};

/// Between the two nearest of sorted values.
double quantile_of(const std::vector<double>& sorted, double at) {
  const double place = at * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double part = place - static_cast<double>(below);
  return sorted[below] + part * (sorted[above] - sorted[below]);
}

/// Phi of a two by two table, its numerator drawn in by half the cases where that is positive.
double pair_correlation(const PairedCounts& counts, double n) {
  const auto a = static_cast<double>(counts.both);
  const auto b = static_cast<double>(counts.only_first);
  const auto c = static_cast<double>(counts.only_second);
  const auto d = static_cast<double>(counts.neither);
  const double below = (a + b) * (c + d) * (a + c) * (b + d);
  double above = a * d - b * c;
  if (above > 0) {
    above = std::max(0.0, above - n / 2);
  }
  return below <= 0 ? 0 : above / std::sqrt(below);
}

}  // namespace

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

Interval clopper_pearson_interval(std::uint64_t hits, std::uint64_t cases) {
  const auto k = static_cast<double>(hits);
  const auto rest = static_cast<double>(cases - hits);
  Interval out;
  if (hits > 0) {
    out.low = beta_quantile(k, rest + 1, kTail);
  }
  if (hits < cases) {
    out.high = beta_quantile(k + 1, rest, 1 - kTail);
  }
  return out;
}

Interval newcombe_paired_interval(const PairedCounts& counts) {
  const std::uint64_t cases = counts.both + counts.only_first + counts.only_second + counts.neither;
  if (cases == 0) {
    return {.low = -1, .high = 1};
  }
  const auto n = static_cast<double>(cases);
  const std::uint64_t first_hits = counts.both + counts.only_first;
  const std::uint64_t second_hits = counts.both + counts.only_second;
  const double first = static_cast<double>(first_hits) / n;
  const double second = static_cast<double>(second_hits) / n;
  const Interval a = wilson_interval(first_hits, cases);
  const Interval b = wilson_interval(second_hits, cases);
  const double phi = pair_correlation(counts, n);
  const auto put_together = [phi](double x, double y) {
    return std::sqrt(std::max(0.0, x * x - 2 * phi * x * y + y * y));
  };
  const double difference = first - second;
  return {.low = std::max(-1.0, difference - put_together(first - a.low, b.high - second)),
          .high = std::min(1.0, difference + put_together(a.high - first, second - b.low))};
}

std::vector<double> holm_adjusted(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> out(p.size());
  double most = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double factor = static_cast<double>(order.size() - rank);
    most = std::max(most, std::min(1.0, factor * p[order[rank]]));
    out[order[rank]] = most;
  }
  return out;
}

double mcnemar_exact(std::uint64_t only_first, std::uint64_t only_second) {
  const auto less = static_cast<double>(std::min(only_first, only_second));
  const auto more = static_cast<double>(std::max(only_first, only_second));
  if (more <= less) {
    return 1;
  }
  // P(X <= less) of a fair coin tossed less + more times.
  return std::min(1.0, 2 * incomplete_beta(more, less + 1, 0.5));
}

Interval cluster_bootstrap_interval(std::span<const ClusterCount> clusters,
                                    const BootstrapOptions& options) {
  if (clusters.size() < 2 || options.resamples == 0) {
    return {};
  }
  ClusterDraw draw(options.seed);
  std::vector<double> shares;
  shares.reserve(options.resamples);
  for (std::uint32_t i = 0; i < options.resamples; ++i) {
    ClusterCount sum;
    for (std::size_t drawn = 0; drawn < clusters.size(); ++drawn) {
      const ClusterCount& cluster = clusters[draw.below(clusters.size())];
      sum.hits += cluster.hits;
      sum.cases += cluster.cases;
    }
    if (sum.cases > 0) {
      shares.push_back(static_cast<double>(sum.hits) / static_cast<double>(sum.cases));
    }
  }
  if (shares.empty()) {
    return {};
  }
  std::sort(shares.begin(), shares.end());
  return {.low = quantile_of(shares, kTail), .high = quantile_of(shares, 1 - kTail)};
}

std::string per_cent(double share, int digits) {
  std::array<char, 64> buffer{};
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), share * 100,
                                          std::chars_format::fixed, digits);
  return error == std::errc() ? std::string(buffer.data(), end) : std::string("?");
}

}  // namespace merlon
