#pragma once
/// The measures of labelled sessions with their intervals, ready to be written down.
#include <cstdint>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "replay/session_score.h"

namespace merlon {

/// One measure under one policy. Never without its number of cases.
struct ScoreRow {
  Measure measure{Measure::kModelFooled};
  ScoreCount count;
  std::uint64_t clusters{0};
  // From the worst case's lower bound to the best case's upper bound, at 95 %.
  Interval wilson;
  Interval exact;      ///< Clopper-Pearson
  Interval bootstrap;  ///< over clusters
};

/// Measures that have cases, in the order of the enum.
[[nodiscard]] std::vector<ScoreRow> score_rows(const std::map<std::string, ScoreCounts>& clusters,
                                               std::uint64_t seed);

/// Two policies on the same sessions.
struct PairedRow {
  Measure measure{Measure::kModelFooled};
  std::uint64_t cases{0};
  ScoreTable::Discordant discordant;
  double difference{0};  ///< of the shares, first less second, in the worst case
  Interval newcombe;     ///< of the difference
  double p{1};           ///< McNemar, exact, two-sided
  double holm_p{1};      ///< the same, corrected for the number of measures
};
/// Of the measures that a policy is chosen by and that have cases. These are the comparisons that
/// are planned: Holm's correction is over all of them.
[[nodiscard]] std::vector<PairedRow> paired_rows(const ScoreTable& table);

/// `attacks blocked: 8 of 10 sessions (80.0 %), Wilson 49.0 to 94.3 %, ...`
[[nodiscard]] std::string score_words(const ScoreRow& row);
[[nodiscard]] std::string paired_words(const PairedRow& row);

}  // namespace merlon
