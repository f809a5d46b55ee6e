#include "model/decision.h"

#include <algorithm>
#include <array>

#include "model/policy.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 5> kVerdictWords{"allow", "warn", "modify", "ask", "deny"};
constexpr std::array<std::string_view, 4> kTierWords{"read", "write", "delete", "admin"};

}  // namespace

std::string_view to_string(Verdict verdict) {
  return kVerdictWords[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> parse_verdict(std::string_view word) {
  const auto* const found = std::find(kVerdictWords.begin(), kVerdictWords.end(), word);
  if (found == kVerdictWords.end()) {
    return std::nullopt;
  }
  return static_cast<Verdict>(found - kVerdictWords.begin());
}

std::string_view to_string(ActionTier tier) {
  return kTierWords[static_cast<std::size_t>(tier)];
}

std::span<const std::string_view> action_tier_words() {
  return kTierWords;
}

std::optional<ActionTier> parse_action_tier(std::string_view word) {
  const auto* const found = std::find(kTierWords.begin(), kTierWords.end(), word);
  if (found == kTierWords.end()) {
    return std::nullopt;
  }
  return static_cast<ActionTier>(found - kTierWords.begin());
}

std::string_view to_string(DenialCode code) {
  switch (code) {
    case DenialCode::kNone: return "NONE";
    case DenialCode::kSuspiciousInput: return "SUSPICIOUS_INPUT";
    case DenialCode::kPermissionDenied: return "PERMISSION_DENIED";
    case DenialCode::kRateLimitExceeded: return "RATE_LIMIT_EXCEEDED";
    case DenialCode::kTenantRequired: return "TENANT_REQUIRED";
    case DenialCode::kNotFound: return "NOT_FOUND";
    case DenialCode::kApprovalRequired: return "APPROVAL_REQUIRED";
    case DenialCode::kProtocolViolation: return "PROTOCOL_VIOLATION";
    case DenialCode::kDefinitionChanged: return "DEFINITION_CHANGED";
    case DenialCode::kRuleOfTwo: return "RULE_OF_TWO";
    case DenialCode::kDataLeak: return "DATA_LEAK";
    case DenialCode::kGuardFailed: return "GUARD_FAILED";
  }
  return "NONE";
}

std::vector<const Reason*> determining_reasons(const Decision& decision) {
  std::vector<const Reason*> out;
  for (const GuardOutcome& outcome : decision.outcomes) {
    if (std::find(decision.determining.begin(), decision.determining.end(), outcome.guard) !=
        decision.determining.end()) {
      for (const Reason& reason : outcome.reasons) {
        out.push_back(&reason);
      }
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Reason* a, const Reason* b) { return a->severity > b->severity; });
  return out;
}

}  // namespace merlon
