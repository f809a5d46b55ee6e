#include "policy/approval.h"

#include <algorithm>
#include <array>

#include "base/digest/digest.h"
#include "guard/call_action.h"
#include "policy/session_tracker.h"

namespace merlon {
namespace {

/// How the guard `action-tier` calls what is never automatic.
constexpr std::string_view kCategoryRule = "category-";
constexpr std::array<std::string_view, 3> kAskedEndWords{"open", "denied", "changed"};

}  // namespace

std::string digest_of_message(std::string_view bytes) {
  return sha256_hex(bytes);
}

const Grant* find_grant(const Facts& facts, std::string_view bytes) {
  if (facts.grants.empty()) {
    return nullptr;
  }
  const std::string digest = digest_of_message(bytes);
  const Grant* best = nullptr;
  for (const Grant& grant : facts.grants) {
    if (grant.message_digest == digest && (best == nullptr || grant.assurance > best->assurance)) {
      best = &grant;
    }
  }
  return best;
}

CategorySet asked_categories(const SessionState& state, const Event& event,
                             std::span<const GuardOutcome> outcomes) {
  CategorySet out = 0;
  for (const GuardOutcome& outcome : outcomes) {
    for (const Reason& reason : outcome.reasons) {
      const std::string_view rule = reason.rule_id;
      if (rule.starts_with(kCategoryRule)) {
        out = static_cast<CategorySet>(
            out | parse_category(rule.substr(kCategoryRule.size())).value_or(NeverAutomatic{}));
      }
    }
  }
  const MessageContext context = context_of(state, event.message);
  if (context.phase != Phase::kToolInvoke) {
    return out;
  }
  const GuardMemory nothing;
  const GuardInput input{.event = event,
                         .message = event.message,
                         .phase = context.phase,
                         .state = state,
                         .tool = context.tool(),
                         .called = context.called,
                         .arguments = context.arguments,
                         .request = context.request,
                         .memory = nothing};
  return static_cast<CategorySet>(out | action_of_call(input).categories);
}

Fact make_approval_fact(std::string_view ticket, AskedEnd end) {
  return {
      .need = {.kind = NeedKind::kHook, .what = std::string(kApprovalFact)},
      .state = FactState::kKnown,
      .values = {std::string(ticket), std::string(kAskedEndWords[static_cast<std::size_t>(end)])}};
}

std::optional<AskedFact> find_approval_fact(const Facts& facts) {
  const Fact* const fact = facts.find(NeedKind::kHook, kApprovalFact);
  if (fact == nullptr || fact->values.size() != 2) {
    return std::nullopt;
  }
  const auto word = std::ranges::find(kAskedEndWords, fact->values[1]);
  if (word == kAskedEndWords.end()) {
    return std::nullopt;
  }
  return AskedFact{.ticket = fact->values[0],
                   .end = static_cast<AskedEnd>(word - kAskedEndWords.begin())};
}

bool runs_in_shadow(const Policy& policy, std::string_view session) {
  if (policy.mode == PolicyMode::kShadow) {
    return true;
  }
  if (policy.shadow_share <= 0) {
    return false;
  }
  // The first 32 bits of the digest as a fraction of one.
  const std::string digest = sha256_hex(session);
  double fraction = 0;
  for (std::size_t i = 8; i-- > 0;) {
    const char c = digest[i];
    fraction = (fraction + (c <= '9' ? c - '0' : c - 'a' + 10)) / 16;
  }
  return fraction < policy.shadow_share;
}

}  // namespace merlon
