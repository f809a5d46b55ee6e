#include "replay/replayed_session.h"

#include <numeric>

namespace merlon {
namespace {

/// What happens to a message, weakest first.
int effect_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllow:
    case Verdict::kWarn: return 0;
    case Verdict::kModify: return 1;
    case Verdict::kAsk: return 2;
    case Verdict::kDeny: return 3;
  }
  return 3;
}

template <class Map>
void add_counts(Map& to, const Map& from) {
  for (const auto& [key, count] : from) {
    to[key] += count;
  }
}

}  // namespace

std::string_view to_string(SessionPath path) {
  switch (path) {
    case SessionPath::kTaken: return "taken";
    case SessionPath::kCounterfactual: return "counterfactual";
    case SessionPath::kUnreachable: return "unreachable";
  }
  return "unknown";
}

std::string_view to_string(RulingChange kind) {
  switch (kind) {
    case RulingChange::kDenied: return "denied";
    case RulingChange::kAsked: return "asked";
    case RulingChange::kModified: return "modified";
    case RulingChange::kAllowed: return "allowed";
  }
  return "unknown";
}

std::optional<RulingChange> change_of(Verdict before, Verdict after) {
  if (effect_of(before) == effect_of(after)) {
    return std::nullopt;
  }
  switch (after) {
    case Verdict::kAllow:
    case Verdict::kWarn: return RulingChange::kAllowed;
    case Verdict::kModify: return RulingChange::kModified;
    case Verdict::kAsk: return RulingChange::kAsked;
    case Verdict::kDeny: return RulingChange::kDenied;
  }
  return RulingChange::kDenied;
}

std::uint64_t ChangeCounts::total() const {
  const std::uint64_t sure = std::accumulate(taken.begin(), taken.end(), std::uint64_t{0});
  return std::accumulate(counterfactual.begin(), counterfactual.end(), sure);
}

void ChangeCounts::add(const ChangeCounts& other) {
  for (std::size_t i = 0; i < kRulingChanges; ++i) {
    taken[i] += other.taken[i];
    counterfactual[i] += other.counterfactual[i];
  }
  add_counts(by_rule, other.by_rule);
  add_counts(by_tool, other.by_tool);
}

void FiredCounts::add(const FiredCounts& other) {
  add_counts(guards, other.guards);
  add_counts(rules, other.rules);
  add_counts(tools, other.tools);
}

}  // namespace merlon
