#pragma once
/// What the replays of many sessions came to together. Adding is associative and the order does not
/// matter, so that parts can be made apart and put together.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replay/replayed_session.h"

namespace merlon {

struct ReplaySummary {
  bool two_policies{false};
  std::uint64_t sessions{0};
  std::uint64_t broken{0};      ///< with lines that could not be read, or no policy
  std::uint64_t unfinished{0};  ///< without an end
  std::uint64_t diverged{0};    ///< in which something is not sent as it was recorded
  std::uint64_t against_diverged{0};
  std::uint64_t changed{0};  ///< in which a ruling changes
  std::uint64_t messages{0};
  std::uint64_t unreadable{0};
  std::uint64_t unreachable{0};
  std::uint64_t undecided{0};
  std::uint64_t masked_changes{0};
  std::uint64_t audited{0};   ///< decisions that an audit log holds: none was made again
  std::uint64_t tampered{0};  ///< sessions, or whole logs, that are not what was signed
  VerdictCounts verdicts{};
  VerdictCounts against_verdicts{};
  Reproduction reproduction;
  ChangeCounts changes;
  FiredCounts fired;
  std::uint64_t labelled{0};
  ScoreTable scores;
  std::uint64_t seed{1};  ///< of the bootstrap
  std::uint64_t expectations{0};
  std::uint64_t todo{0};
  std::uint64_t unexpected{0};  ///< expectations that failed
  /// By importer: what its sessions could not tell.
  std::map<std::string, std::vector<std::string>> cannot_tell;

  void add(const SessionReplay& session);
};

/// The answer to the question that was asked.
enum class ReplayAnswer : std::uint8_t {
  kYes,         ///< everything came out as it should
  kNo,          ///< not reproducible, or changed where it must not
  kIncomplete,  ///< something could not be told
};
struct ReplayDemands {
  bool no_change{false};                 ///< --fail-on-change
  std::optional<double> least_coverage;  ///< --min-coverage, a share of guards and tool entries
};
[[nodiscard]] ReplayAnswer answer_of(const ReplaySummary& summary, const ReplayDemands& demands);

}  // namespace merlon
