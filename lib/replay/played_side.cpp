#include "replay/played_side.h"

#include "policy/session_tracker.h"
#include "replay/ruling.h"

namespace merlon {
namespace {

bool is_refusal(RecordedAction action) {
  return action == RecordedAction::kAnswer || action == RecordedAction::kDrop;
}

/// The peers saw something else than was recorded. Two refusals are one to them, whatever their
/// words. What the proxy itself asked goes nowhere.
bool is_other_sending(const RecordedEvent& recorded, const ReplayedEvent& again) {
  if (recorded.event.origin == EventOrigin::kProxy) {
    return false;
  }
  const RecordedAction now = recorded_action_of(again.sending.action);
  if (now != recorded.sending.action) {
    return !(is_refusal(now) && is_refusal(recorded.sending.action));
  }
  return now == RecordedAction::kRewrite && again.reproducible && !again.same_sending;
}

}  // namespace

RecordedAction recorded_action_of(Action action) {
  return recorded_sending({.action = action, .to = Direction::kToServer, .bytes = {}}).action;
}

std::vector<Error> PlayedSide::use(const RecordedEngine& engine, const RecordingHeader& header) {
  auto policy = policies_.get(engine);
  if (!policy) {
    return std::move(policy).error();
  }
  policy_ = *std::move(policy);
  list_parts();
  same_policy_ = same_policy_ && policy_->policy().digest == engine.policy.digest;
  same_rules_ = same_rules_ && policies_.has_rules_of(engine);
  if (session_) {
    session_->use(policy_);
  } else {
    session_ = std::make_unique<RecordedSession>(policy_, header);
  }
  return {};
}

void PlayedSide::list_parts() {
  for (const CompiledGuard& guard : policy_->guards()) {
    fired_.guards.try_emplace(guard.entry.id, 0);
  }
  for (const ToolEntry& entry : policy_->policy().tools) {
    fired_.tools.try_emplace(entry.server + '/' + entry.tool, 0);
  }
}

MessageNames PlayedSide::names_of(const Event& event) {
  const MessageContext context = context_of(session_->state(), event.message);
  if (context.phase == Phase::kToolInvoke) {
    if (const ToolEntry* const entry =
            tool_entry_of(policy_->policy(), session_->state(), context)) {
      ++fired_.tools[entry->server + '/' + entry->tool];
    }
  }
  MessageNames out{.method = event.message.method, .tool = context.called.name};
  if (out.method.empty() && context.request != nullptr) {
    out.method = context.request->method;
  }
  return out;
}

PlayedSide::Answer PlayedSide::play(RecordedEvent event) {
  Answer out;
  const Message& message = event.event.message;
  const bool answers = message.kind == MessageKind::kResult || message.kind == MessageKind::kError;
  if (answers && !refused_.empty()) {
    const auto refused = refused_.find({opposite(message.direction), message.id_key()});
    if (refused != refused_.end()) {
      out.path = SessionPath::kUnreachable;
      out.names = std::move(refused->second);
      refused_.erase(refused);
      return out;
    }
  }
  out.path = diverged_at_ ? SessionPath::kCounterfactual : SessionPath::kTaken;
  out.names = names_of(event.event);
  // The session wants the event for itself; what is needed of it afterwards is small.
  RecordedEvent kept;
  kept.event.sequence = event.event.sequence;
  kept.event.origin = event.event.origin;
  kept.event.message.direction = message.direction;
  kept.event.message.kind = message.kind;
  kept.sending.action = event.sending.action;
  const std::string id = message.kind == MessageKind::kRequest ? message.id_key() : std::string();
  out.event = session_->play(std::move(event));
  out.state = out.event->decision.state;
  const RecordedAction now = recorded_action_of(out.event->sending.action);
  // The proxy's own questions go to the server by another way.
  const bool peers = kept.event.origin == EventOrigin::kPeer;
  if (peers && !id.empty() && is_refusal(now) && !is_refusal(kept.sending.action)) {
    refused_.insert_or_assign({kept.event.message.direction, id}, out.names);
  }
  if (!diverged_at_ && is_other_sending(kept, *out.event)) {
    diverged_at_ = kept.event.sequence;
  }
  return out;
}

}  // namespace merlon
