#include "policy/session_tracker.h"

#include <algorithm>
#include <utility>

#include "guard/call_legs.h"
#include "guard/tool_entries.h"
#include "mcp/cancellation.h"
#include "mcp/message_codec.h"
#include "mcp/method.h"
#include "policy/surface_tracker.h"

namespace merlon {
namespace {

const PendingRequest* find_pending(const SessionState& state, const Message& message) {
  const auto found = state.pending.find({opposite(message.direction), message.id_key()});
  return found == state.pending.end() ? nullptr : &found->second;
}

bool is_answer(const Message& message) {
  return message.kind == MessageKind::kResult || message.kind == MessageKind::kError;
}

std::size_t pending_bytes(std::string_view id, const PendingRequest& request) {
  return id.size() + request.method.size() + request.item.size();
}

/// Room for one more request. Of small ones there cannot be too many bytes, and they are not
/// counted.
void make_room(SessionState& state, std::size_t bytes) {
  constexpr std::size_t kSmall = kMostPendingBytes / SessionState::kMostPending;
  std::size_t held = 0;
  if (bytes > kSmall) {
    for (const auto& [key, request] : state.pending) {
      held += pending_bytes(key.second, request);
    }
  }
  while (!state.pending.empty() && (state.pending.size() >= SessionState::kMostPending ||
                                    (bytes > kSmall && held + bytes > kMostPendingBytes))) {
    const auto oldest = std::min_element(
        state.pending.begin(), state.pending.end(),
        [](const auto& a, const auto& b) { return a.second.sequence < b.second.sequence; });
    held -= std::min(held, pending_bytes(oldest->first.second, oldest->second));
    state.pending.erase(oldest);
  }
}

void add_pending(SessionState& state, const Event& event, const MessageContext& context) {
  const Message& message = event.message;
  PendingRequest request;
  request.direction = message.direction;
  request.method = message.method;
  request.item = context.phase == Phase::kToolInvoke ? context.called.name : item_of(message);
  request.sequence = event.sequence;
  request.time_ms = event.time_ms;
  request.own = event.origin == EventOrigin::kProxy;
  request.first_page = !message.document.find(message.params, "cursor").has_value();
  if (context.phase == Phase::kToolInvoke) {
    const KnownDefinition* const tool = context.called.believed();
    request.capabilities = tool != nullptr ? tool->capabilities : std::uint8_t{0xFF};
  }
  std::string id = message.id_key();
  make_room(state, pending_bytes(id, request));
  state.pending.insert_or_assign({message.direction, std::move(id)}, std::move(request));
}

/// An answer may still come; the id may be given to another request.
void track_cancellation(SessionState& state, const Message& message) {
  const auto found = state.pending.find({message.direction, cancelled_id_key(message)});
  if (found != state.pending.end()) {
    found->second.cancelled = true;
  }
}

void add_leg(SessionState& state, std::size_t leg, LegWitness witness) {
  if (!state.legs[leg]) {
    state.legs[leg] = std::move(witness);
  }
}

void track_group(SessionState& state, const Facts& facts) {
  if (!facts.group.empty()) {
    state.group_lost = std::any_of(facts.group.begin(), facts.group.end(),
                                   [](const GroupFact& fact) { return fact.lost; });
  }
  for (const GroupFact& fact : facts.group) {
    for (std::size_t leg = 0; leg < state.legs.size(); ++leg) {
      if ((fact.legs & (1U << leg)) != 0) {
        add_leg(state, leg,
                {.sequence = 0, .server = fact.server, .tool = fact.tool, .why = fact.reference});
      }
    }
  }
}

/// What a witness is called: the tool, else the method; of an answer that of its request.
std::string name_of_event(const Event& event, const MessageContext& context) {
  if (!context.called.name.empty()) {
    return context.called.name;
  }
  return event.message.method.empty() && context.request != nullptr ? context.request->method
                                                                    : event.message.method;
}

CallLegs legs_under(const SessionState& state, const Event& event, const MessageContext& context,
                    const PolicyLayer& layer, LegWords words) {
  return legs_of_message({.message = event.message,
                          .phase = context.phase,
                          .state = state,
                          .entry = tool_entry_of(*layer.policy, state, context),
                          .called = context.called,
                          .arguments = context.arguments,
                          .request = context.request},
                         layer.rule_of_two.of_server(state.server), words);
}

/// Legs are taken when a call is decided, not when its result comes.
void track_legs(SessionState& state, const Event& event, const MessageContext& context,
                const PolicyLayer& layer) {
  if (state.leg_bits() == kAllLegs) {
    return;
  }
  // Most messages add nothing to what has been seen.
  const CallLegs touched = legs_under(state, event, context, layer, LegWords::kNone);
  if ((touched.bits & ~state.leg_bits()) == 0) {
    return;
  }
  const CallLegs legs = legs_under(state, event, context, layer, LegWords::kAll);
  for (std::size_t leg = 0; leg < state.legs.size(); ++leg) {
    if ((legs.bits & (1U << leg)) != 0) {
      add_leg(state, leg,
              {.sequence = event.sequence,
               .server = state.server,
               .tool = name_of_event(event, context),
               .why = legs.why[leg]});
    }
  }
}

void track_answer(SessionState& state, const Event& event, const PendingRequest& request,
                  const Decision& decision) {
  if (request.method == "initialize" && event.message.kind == MessageKind::kResult) {
    const Document& document = event.message.document;
    state.protocol_version =
        document.string_or(document.find(event.message.result, "protocolVersion"), "");
  }
  if (passes(decision) && !request.own && decision.rewritten) {
    const auto sent = parse_message(*decision.rewritten, event.message.direction,
                                    {.bytes = decision.rewritten->size()});
    track_surface(state.surface, request, event, sent ? &*sent : nullptr);
  } else {
    track_surface(state.surface, request, event,
                  passes(decision) && !request.own ? &event.message : nullptr);
  }
  const auto answered =
      state.pending.find({opposite(event.message.direction), event.message.id_key()});
  if (answered != state.pending.end()) {
    state.pending.erase(answered);
  }
}

}  // namespace

MessageContext context_of(const SessionState& state, const Message& message) {
  MessageContext context;
  if (is_answer(message)) {
    context.request = find_pending(state, message);
  }
  context.phase = phase_of(message, context.request != nullptr ? context.request->method : "");
  if (context.phase == Phase::kToolInvoke) {
    context.called = CalledTool::in(state.surface, item_of(message));
    context.arguments = message.document.find(message.params, "arguments").value_or(kNoNode);
  } else if (context.request != nullptr && context.request->method == "tools/call") {
    context.called = CalledTool::in(state.surface, context.request->item);
  }
  return context;
}

bool is_open_request(const SessionState& state, const Message& request) {
  const auto found = state.pending.find({request.direction, request.id_key()});
  return found != state.pending.end() && !found->second.cancelled;
}

const ToolEntry* tool_entry_of(const Policy& policy, const SessionState& state,
                               const MessageContext& context) {
  return context.called.name.empty()
             ? nullptr
             : find_tool_entry(policy.tools, state.server, context.called.name);
}

EventLegs legs_of_event(const SessionState& state, const Event& event,
                        const CompiledPolicy& policy) {
  const MessageContext context = context_of(state, event.message);
  EventLegs out;
  for (const PolicyLayer& layer : policy.layers()) {
    out.bits = static_cast<std::uint8_t>(
        out.bits | legs_under(state, event, context, layer, LegWords::kNone).bits);
  }
  if (out.bits != 0) {
    out.name = name_of_event(event, context);
  }
  return out;
}

void track(SessionState& state, const Event& event, const MessageContext& context,
           const Decision& decision, const CompiledPolicy& policy) {
  state.sequence = event.sequence;
  track_group(state, event.facts);
  const bool forwarded = passes(decision);
  if (!forwarded) {
    ++state.denials;
  } else {
    state.calls += context.phase == Phase::kToolInvoke ? 1U : 0U;
    // What any of the policies calls a leg is one: a user's entry cannot hide it from the system.
    for (const PolicyLayer& layer : policy.layers()) {
      track_legs(state, event, context, layer);
    }
  }
  if (context.request != nullptr) {
    track_answer(state, event, *context.request, decision);
  } else if (forwarded && event.message.kind == MessageKind::kRequest) {
    add_pending(state, event, context);
  } else if (forwarded) {
    track_cancellation(state, event.message);
  }
}

}  // namespace merlon
