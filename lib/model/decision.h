#pragma once
/// What a policy says about a message, and why.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"
#include "model/severity.h"

namespace merlon {

/// Weakest first: deny > ask > modify > warn > allow.
enum class Verdict : std::uint8_t { kAllow, kWarn, kModify, kAsk, kDeny };
[[nodiscard]] std::string_view to_string(Verdict verdict);
/// "allow", "warn", "modify", "ask", "deny".
[[nodiscard]] std::optional<Verdict> parse_verdict(std::string_view word);

/// What clients are told. docs/errors.md has a row for each.
enum class DenialCode : std::uint8_t {
  kNone,
  kSuspiciousInput,
  kPermissionDenied,
  kRateLimitExceeded,
  kTenantRequired,
  kNotFound,
  kApprovalRequired,
  kProtocolViolation,
  kDefinitionChanged,
  kRuleOfTwo,
  kDataLeak,
  kGuardFailed,  ///< a guard erred, or was late, and the policy says that this denies
};
/// "SUSPICIOUS_INPUT", ...
[[nodiscard]] std::string_view to_string(DenialCode code);

/// One reason of a guard. Texts are one line, lower case, no period, secrets masked.
struct Reason {
  DenialCode code{DenialCode::kNone};
  std::string rule_id;  ///< kebab-case: the rule, check or limit that spoke
  Severity severity{Severity::kMedium};
  std::string message;
  std::string pointer;   ///< RFC 6901 into the message, may be empty
  std::string evidence;  ///< masked and shortened; may be empty
  std::string remedy;    ///< what to do; may be empty
  std::optional<std::uint64_t> retry_after_seconds;
  std::vector<std::uint64_t> led_by;  ///< sequence numbers of the earlier events that led here
  friend bool operator==(const Reason&, const Reason&) = default;
};

/// One change of a message. The place is one of the message as the guard saw it.
struct Edit {
  std::string pointer;  ///< RFC 6901
  bool remove{false};   ///< the member or element goes
  std::string json;     ///< else its new value
  friend bool operator==(const Edit&, const Edit&) = default;
};

enum class OutcomeState : std::uint8_t {
  kDecided,
  kErrored,   ///< the guard could not tell; `reasons` says why
  kTimedOut,  ///< the guard's deadline passed
  kWaiting,   ///< the guard needs facts that the event does not have
};

/// What one guard said.
struct GuardOutcome {
  std::string guard;  ///< id of the policy's entry
  OutcomeState state{OutcomeState::kDecided};
  Verdict verdict{Verdict::kAllow};
  bool shadow{false};  ///< the entry only watches: recorded, does not count
  std::vector<Reason> reasons;
  std::vector<Edit> edits;
  std::vector<Need> needs;  ///< of kWaiting
  friend bool operator==(const GuardOutcome&, const GuardOutcome&) = default;
};

/// The part of the session state that explains a Decision to a person and to the audit log.
struct StateSnapshot {
  std::uint64_t sequence{0};  ///< of the event that was judged
  std::uint8_t legs{0};       ///< Rule of Two: RuleOfTwoLeg bits seen before this event
  std::uint64_t calls{0};     ///< tool calls that were let through before
  std::uint64_t denials{0};   ///< messages that were denied before
  friend bool operator==(const StateSnapshot&, const StateSnapshot&) = default;
};

struct Decision {
  Verdict verdict{Verdict::kDeny};
  /// What enforcing it would do; differs from `verdict` in shadow mode only.
  Verdict would_be{Verdict::kDeny};
  std::vector<GuardOutcome> outcomes;    ///< of every guard that ran, in the order they ran
  std::vector<std::string> determining;  ///< ids of the guards whose word `would_be` is
  std::vector<std::string> erroring;     ///< ids of the guards that erred or were late
  std::optional<std::string> rewritten;  ///< the whole message as it is to be sent, when modified
  std::string request_id;                ///< leads from an answer to the audit record
  StateSnapshot state;
  std::string policy_digest;  ///< hex sha256 of the policy that decided
  friend bool operator==(const Decision&, const Decision&) = default;
};

/// The reasons of the determining guards, strongest severity first.
[[nodiscard]] std::vector<const Reason*> determining_reasons(const Decision& decision);

}  // namespace merlon
