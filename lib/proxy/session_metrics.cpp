#include "proxy/session_metrics.h"

#include <algorithm>

namespace merlon {

void SessionMetrics::use(const CompiledPolicy& policy) {
  ids_.clear();
  for (const CompiledGuard& guard : policy.guards()) {
    ids_.push_back(guard.entry.id);
  }
  guards_.assign(ids_.size(), {});
}

void SessionMetrics::add_times(const std::vector<std::uint64_t>& nanoseconds) {
  for (std::size_t i = 0; i < std::min(nanoseconds.size(), guards_.size()); ++i) {
    if (nanoseconds[i] > 0) {
      guards_[i].total_ns += nanoseconds[i];
      guards_[i].longest_ns = std::max(guards_[i].longest_ns, nanoseconds[i]);
      ++guards_[i].timed;
    }
  }
}

void SessionMetrics::count(const Event& event, const Decision& decision) {
  const auto direction = static_cast<std::size_t>(event.message.direction);
  ++verdicts_[direction][static_cast<std::size_t>(decision.verdict)];
  bytes_[direction] += event.message.bytes().size();
  for (const GuardOutcome& outcome : decision.outcomes) {
    if (outcome.verdict == Verdict::kAllow && outcome.state == OutcomeState::kDecided) {
      continue;
    }
    const auto found = std::find(ids_.begin(), ids_.end(), outcome.guard);
    if (found == ids_.end()) {
      continue;
    }
    GuardMetrics& guard = guards_[static_cast<std::size_t>(found - ids_.begin())];
    ++guard.verdicts[static_cast<std::size_t>(outcome.verdict)];
    guard.errors += outcome.state == OutcomeState::kErrored ? 1U : 0U;
    guard.late += outcome.state == OutcomeState::kTimedOut ? 1U : 0U;
  }
}

void SessionMetrics::write(JsonWriter& json) const {
  json.key("messages").begin_object();
  for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
    const auto at = static_cast<std::size_t>(direction);
    json.key(to_string(direction)).begin_object();
    for (const Verdict verdict :
         {Verdict::kAllow, Verdict::kWarn, Verdict::kModify, Verdict::kAsk, Verdict::kDeny}) {
      json.field(to_string(verdict), verdicts_[at][static_cast<std::size_t>(verdict)]);
    }
    json.field("unreadable", unreadable_[at]).field("bytes", bytes_[at]).end_object();
  }
  json.end_object();
  json.key("guards").begin_array();
  for (std::size_t i = 0; i < guards_.size(); ++i) {
    const GuardMetrics& guard = guards_[i];
    json.begin_object().field("id", ids_[i]);
    for (const Verdict verdict :
         {Verdict::kWarn, Verdict::kModify, Verdict::kAsk, Verdict::kDeny}) {
      json.field(to_string(verdict), guard.verdicts[static_cast<std::size_t>(verdict)]);
    }
    json.field("errors", guard.errors).field("late", guard.late).field("timed", guard.timed);
    json.field("mean_ns", guard.timed == 0 ? 0 : guard.total_ns / guard.timed);
    json.field("longest_ns", guard.longest_ns).end_object();
  }
  json.end_array();
}

}  // namespace merlon
