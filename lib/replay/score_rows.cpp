#include "replay/score_rows.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace merlon {
namespace {

std::string span_words(const Interval& interval) {
  return per_cent(interval.low, 1) + " to " + per_cent(interval.high, 1) + " %";
}

std::string share_words(std::uint64_t hits, std::uint64_t cases) {
  return per_cent(static_cast<double>(hits) / static_cast<double>(cases), 1);
}

std::string p_words(double p) {
  std::array<char, 64> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), p, std::chars_format::general, 4);
  return error == std::errc() ? std::string(buffer.data(), end) : std::string("?");
}

ScoreRow make_row(Measure measure, const std::map<std::string, ScoreCounts>& clusters,
                  std::uint64_t seed) {
  ScoreRow row{.measure = measure};
  std::vector<ClusterCount> low;
  std::vector<ClusterCount> high;
  for (const auto& [name, counts] : clusters) {
    const ScoreCount& count = counts[static_cast<std::size_t>(measure)];
    if (count.cases == 0) {
      continue;
    }
    row.count.cases += count.cases;
    row.count.low += count.low;
    row.count.high += count.high;
    low.push_back({.hits = count.low, .cases = count.cases});
    high.push_back({.hits = count.high, .cases = count.cases});
  }
  row.clusters = low.size();
  row.wilson = {.low = wilson_interval(row.count.low, row.count.cases).low,
                .high = wilson_interval(row.count.high, row.count.cases).high};
  row.exact = {.low = clopper_pearson_interval(row.count.low, row.count.cases).low,
               .high = clopper_pearson_interval(row.count.high, row.count.cases).high};
  row.bootstrap = {.low = cluster_bootstrap_interval(low, {.seed = seed}).low,
                   .high = cluster_bootstrap_interval(high, {.seed = seed}).high};
  return row;
}

/// `by_second`: sessions that came out well under the second policy.
void compare_shares(PairedRow& row, std::uint64_t by_second) {
  PairedCounts pairs{.only_first = row.discordant.only_first,
                     .only_second = row.discordant.only_second};
  pairs.both = by_second - std::min(by_second, pairs.only_second);
  const std::uint64_t known = pairs.both + pairs.only_first + pairs.only_second;
  pairs.neither = row.cases - std::min(row.cases, known);
  row.p = mcnemar_exact(pairs.only_first, pairs.only_second);
  row.difference =
      (static_cast<double>(pairs.only_first) - static_cast<double>(pairs.only_second)) /
      static_cast<double>(row.cases);
  row.newcombe = newcombe_paired_interval(pairs);
}

void correct_for_number(std::vector<PairedRow>& rows) {
  std::vector<double> p;
  p.reserve(rows.size());
  for (const PairedRow& row : rows) {
    p.push_back(row.p);
  }
  const std::vector<double> corrected = holm_adjusted(p);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].holm_p = corrected[i];
  }
}

}  // namespace

std::vector<ScoreRow> score_rows(const std::map<std::string, ScoreCounts>& clusters,
                                 std::uint64_t seed) {
  std::vector<ScoreRow> out;
  for (std::size_t i = 0; i < kMeasures; ++i) {
    ScoreRow row = make_row(static_cast<Measure>(i), clusters, seed);
    if (row.count.cases > 0) {
      out.push_back(row);
    }
  }
  return out;
}

std::vector<PairedRow> paired_rows(const ScoreTable& table) {
  std::vector<PairedRow> out;
  for (const Measure measure : {Measure::kAttackBlocked, Measure::kCleanKept,
                                Measure::kResistedKept, Measure::kUtilityKept}) {
    const auto at = static_cast<std::size_t>(measure);
    PairedRow row{.measure = measure, .discordant = table.discordant[at]};
    std::uint64_t by_second = 0;
    for (const auto& [name, counts] : table.against) {
      row.cases += counts[at].cases;
      by_second += counts[at].low;
    }
    if (row.cases > 0) {
      compare_shares(row, by_second);
      out.push_back(row);
    }
  }
  correct_for_number(out);
  return out;
}

std::string score_words(const ScoreRow& row) {
  const ScoreCount& count = row.count;
  std::string out(title_of(row.measure));
  if (count.low == count.high) {
    out += ": " + std::to_string(count.low) + " of " + counted(count.cases, "session") + " (" +
           share_words(count.low, count.cases) + " %)";
  } else {
    out += ": " + std::to_string(count.low) + " to " + std::to_string(count.high) + " of " +
           counted(count.cases, "session") + " (" + share_words(count.low, count.cases) + " to " +
           share_words(count.high, count.cases) + " %)";
  }
  return out + ", Wilson " + span_words(row.wilson) + ", Clopper-Pearson " + span_words(row.exact) +
         ", bootstrap over " + counted(row.clusters, "cluster") + " " + span_words(row.bootstrap);
}

std::string paired_words(const PairedRow& row) {
  return std::string(title_of(row.measure)) + ", pairs of " + counted(row.cases, "session") +
         ": only by the first policy " + std::to_string(row.discordant.only_first) +
         ", only by the other " + std::to_string(row.discordant.only_second) + "; difference " +
         per_cent(row.difference, 1) + " points (Newcombe " + span_words(row.newcombe) +
         "), McNemar's exact p " + p_words(row.p) + ", corrected " + p_words(row.holm_p) +
         " (Holm)";
}

}  // namespace merlon
