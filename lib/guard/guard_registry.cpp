#include <algorithm>
#include <array>

#include "guard/guard.h"
#include "guard/guard_functions.h"

namespace merlon {
namespace {

constexpr PhaseSet kToolCalls = phase_bit(Phase::kToolInvoke);
constexpr PhaseSet kContents = kToolCalls | phase_bit(Phase::kRequest) |
                               phase_bit(Phase::kResponse) | phase_bit(Phase::kNotification);
constexpr PhaseSet kRequestsAndAnswers =
    kToolCalls | phase_bit(Phase::kRequest) | phase_bit(Phase::kResponse);
constexpr PhaseSet kCallsAndRequests = kToolCalls | phase_bit(Phase::kRequest);
constexpr PhaseSet kDefinitionsAndUses =
    phase_bit(Phase::kConnection) | phase_bit(Phase::kToolsList) | kCallsAndRequests;
constexpr PhaseSet kCallsAndResponses = kToolCalls | phase_bit(Phase::kResponse);
constexpr PhaseSet kListsAndCalls = phase_bit(Phase::kToolsList) | kToolCalls;
constexpr PhaseSet kListsCallsAndResponses = kListsAndCalls | phase_bit(Phase::kResponse);
constexpr PhaseSet kConnectionsListsAndCalls = phase_bit(Phase::kConnection) | kListsAndCalls;

constexpr std::array kGuardKinds{
    GuardKind{"action-tier", "decides by what a call can break; some kinds always need a person",
              kCallsAndRequests, make_action_tier_guard},
    GuardKind{"anomalies", "loops, storms of denials and errors, lists and sizes that jump",
              kListsCallsAndResponses, make_anomalies_guard},
    GuardKind{"arguments", "holds arguments to rules, and asks about shapes of attacks",
              kCallsAndRequests, make_arguments_guard},
    GuardKind{"message-size", "bounds the bytes of a message", kAnyPhase, make_message_size_guard},
    GuardKind{"output-filter", "keeps private answers out of what is sent out", kRequestsAndAnswers,
              make_output_filter_guard},
    GuardKind{"pii", "masks or refuses personal data", kContents, make_pii_guard},
    GuardKind{"pinning", "holds definitions against the approved ones", kDefinitionsAndUses,
              make_pinning_guard},
    GuardKind{"prompt-injection", "orders to the model in answers and in arguments",
              kRequestsAndAnswers, make_prompt_injection_guard},
    GuardKind{"protocol", "compliance with the protocol beyond the strict gate", kAnyPhase,
              make_protocol_guard},
    GuardKind{"rate-limit", "bounds how often something is done in a sliding window",
              kCallsAndRequests, make_rate_limit_guard},
    GuardKind{"rule-of-two",
              "at most two of untrusted input, private data and an outside effect in a session",
              kRequestsAndAnswers, make_rule_of_two_guard},
    GuardKind{"schema", "holds arguments and results to the schemas of their tool",
              kCallsAndResponses, make_schema_guard},
    GuardKind{"secrets", "takes secrets out of answers and keeps them out of calls", kContents,
              make_secrets_guard},
    GuardKind{"session-scope", "what a session may call, how much, and until when", kAnyPhase,
              make_session_scope_guard},
    GuardKind{"shadowing", "names and texts that reach into other servers, and servers that pose",
              kConnectionsListsAndCalls, make_shadowing_guard},
    GuardKind{"state-protection",
              "keeps tools away from the gate's state and client configurations", kCallsAndRequests,
              make_state_protection_guard},
    GuardKind{"tool-list", "allows, asks for, denies or hides tools by name", kListsAndCalls,
              make_tool_list_guard},
    GuardKind{"tool-poisoning", "holds definitions against the rules of a scan",
              kDefinitionsAndUses, make_tool_poisoning_guard},
};
static_assert(std::is_sorted(kGuardKinds.begin(), kGuardKinds.end(),
                             [](const GuardKind& a, const GuardKind& b) {
                               return a.name < b.name;
                             }));

}  // namespace

std::span<const GuardKind> guard_kinds() {
  return kGuardKinds;
}

const GuardKind* find_guard_kind(std::string_view name) {
  const auto* const found =
      std::find_if(kGuardKinds.begin(), kGuardKinds.end(),
                   [name](const GuardKind& kind) { return kind.name == name; });
  return found == kGuardKinds.end() ? nullptr : found;
}

}  // namespace merlon
