#pragma once
/// Cases that say what a policy is to decide: events in, decisions expected. docs/spec/policy.md
/// has the file's format.
///
///   Checked<std::vector<PolicyCase>> cases = load_policy_cases(source, limits);
///   const CaseResult result = run_policy_case(*policy, cases->front());
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/location.h"
#include "base/result.h"
#include "policy/compiled_policy.h"

namespace merlon {

inline constexpr std::uint64_t kPolicyCasesFormat = 1;

/// One event of a case and what is expected of it.
struct CaseEvent {
  Direction direction{Direction::kToServer};
  EventOrigin origin{EventOrigin::kPeer};
  std::int64_t time_ms{0};
  std::string message;  ///< JSON
  Facts facts;
  bool granted{false};  ///< a person approves exactly what would be sent
  Verdict verdict{Verdict::kAllow};
  std::vector<std::string> rules;  ///< rule ids of the determining guards, all of them, sorted
  std::string sent;                ///< the message as it is to be sent; empty: not said
  Location where;
};

struct PolicyCase {
  std::string name;
  std::string todo;  ///< why it is known to fail; empty: it must pass
  std::string server{"server"};
  std::string tenant;
  std::string identity;
  std::string user;
  /// Where relative paths lead; questions about paths that an event does not answer itself are
  /// answered by this, as if there were no links. Empty: they stay open.
  std::string folder;
  std::vector<CaseEvent> events;
  Location where;
};

/// All problems at once.
[[nodiscard]] Checked<std::vector<PolicyCase>> load_policy_cases(
    std::shared_ptr<const SourceText> source, const Limits& limits);

struct CaseResult {
  std::vector<std::string> failures;  ///< one line each: which event, what was expected, what came
};
[[nodiscard]] CaseResult run_policy_case(const CompiledPolicy& policy, const PolicyCase& one);

}  // namespace merlon
