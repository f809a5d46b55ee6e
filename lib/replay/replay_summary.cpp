#include "replay/replay_summary.h"

#include "replay/coverage.h"

namespace merlon {

void ReplaySummary::add(const SessionReplay& session) {
  ++sessions;
  broken += session.errors.empty() ? 0U : 1U;
  unfinished += session.complete ? 0U : 1U;
  diverged += session.diverged_at ? 1U : 0U;
  against_diverged += session.against_diverged_at ? 1U : 0U;
  changed += session.changes.total() > 0 ? 1U : 0U;
  messages += session.messages;
  unreadable += session.unreadable;
  unreachable += session.unreachable;
  undecided += session.undecided;
  masked_changes += session.masked_changes;
  audited += session.audited ? session.audited->decisions : 0U;
  tampered += session.tampered ? 1U : 0U;
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    verdicts[i] += session.verdicts[i];
    against_verdicts[i] += session.against_verdicts[i];
  }
  reproduction.same += session.reproduction.same;
  reproduction.different += session.reproduction.different;
  reproduction.masked_different += session.reproduction.masked_different;
  reproduction.other_rules += session.reproduction.other_rules;
  changes.add(session.changes);
  fired.add(session.fired);
  expectations += session.expectations.checked;
  todo += session.expectations.todo;
  unexpected += session.expectations.failures.size();
  if (session.score) {
    ++labelled;
    scores.add(session.cluster, *session.score, session.against_score);
  }
  if (!session.cannot_tell.empty()) {
    cannot_tell[session.format] = session.cannot_tell;
  }
}

ReplayAnswer answer_of(const ReplaySummary& summary, const ReplayDemands& demands) {
  if (summary.reproduction.different > 0 || summary.unexpected > 0 || summary.tampered > 0 ||
      (demands.no_change && summary.changes.total() > 0)) {
    return ReplayAnswer::kNo;
  }
  if (demands.least_coverage) {
    const PolicyCoverage coverage = coverage_of(summary.fired);
    if (static_cast<double>(coverage.fired) <
        *demands.least_coverage * static_cast<double>(coverage.parts)) {
      return ReplayAnswer::kNo;
    }
  }
  const bool untold = summary.broken > 0 || summary.audited > 0 || summary.undecided > 0 ||
                      summary.masked_changes > 0 || summary.reproduction.masked_different > 0 ||
                      summary.reproduction.other_rules > 0;
  return untold ? ReplayAnswer::kIncomplete : ReplayAnswer::kYes;
}

}  // namespace merlon
