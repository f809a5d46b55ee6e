#pragma once
/// What a session is told by the messages that pass: which request an answer belongs to, what the
/// server offers, which legs of the Rule of Two have been touched.
#include <cstdint>
#include <string>

#include "guard/guard.h"
#include "model/decision.h"
#include "model/event.h"
#include "model/session_state.h"
#include "policy/compiled_policy.h"

namespace merlon {

/// Where a message stands in its session. Pointers are into the state.
struct MessageContext {
  Phase phase{Phase::kNotification};
  CalledTool called;          ///< of a tools/call or of its answer
  NodeId arguments{kNoNode};  ///< of a tools/call

  /// Null when the call has no name.
  [[nodiscard]] const KnownDefinition* tool() const {
    return called.name.empty() ? nullptr : called.believed();
  }
  const PendingRequest* request{nullptr};  ///< that an answer belongs to
};
/// What open requests keep in memory, about: ids, methods and what they name. The oldest go.
inline constexpr std::size_t kMostPendingBytes = std::size_t{16} << 20;

[[nodiscard]] MessageContext context_of(const SessionState& state, const Message& message);

/// True when a request of the same peer with the same id has not been answered or cancelled.
[[nodiscard]] bool is_open_request(const SessionState& state, const Message& request);

/// What a policy says about the tool of a message, or null.
[[nodiscard]] const ToolEntry* tool_entry_of(const Policy& policy, const SessionState& state,
                                             const MessageContext& context);

/// The legs that `track` would give the session when the event passes, whether it has them already
/// or not, and what their witness is called. For who reserves them first.
struct EventLegs {
  std::uint8_t bits{0};  ///< RuleOfTwoLeg bits
  std::string name;      ///< the tool, else the method; empty without a leg
};
[[nodiscard]] EventLegs legs_of_event(const SessionState& state, const Event& event,
                                      const CompiledPolicy& policy);

/// Makes the event part of the state: called by settle(). `context` is that of the event's message
/// in `state` as it is.
void track(SessionState& state, const Event& event, const MessageContext& context,
           const Decision& decision, const CompiledPolicy& policy);

}  // namespace merlon
