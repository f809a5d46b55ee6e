#pragma once
/// From what the guards said to one verdict. tests/property/combine_test.cpp holds it against a
/// model over all policies of up to five entries.
#include <span>

#include "model/decision.h"
#include "model/policy.h"

namespace merlon {

struct GuardVote {
  const GuardOutcome* outcome{nullptr};
  OnError on_error{OnError::kDeny};
};

struct Combined {
  Verdict verdict{Verdict::kAllow};  ///< no votes: allow
  std::vector<std::string> determining;
  std::vector<std::string> erroring;
};

/// The verdict that one vote stands for: its own when the guard decided, what the policy's
/// `on_error` says when it erred or was late, deny while it waits for facts. A shadow vote stands
/// for allow.
[[nodiscard]] Verdict verdict_of(const GuardVote& vote);

/// The strongest verdict of all votes (deny > ask > modify > warn > allow), who determined it (none
/// for allow), and who erred, shadow votes included.
[[nodiscard]] Combined combine(std::span<const GuardVote> votes);

}  // namespace merlon
