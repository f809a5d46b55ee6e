#include "policy/recorded_session.h"

#include <iterator>
#include <optional>
#include <utility>
#include <variant>

#include "mcp/lost_answer.h"
#include "mcp/message_id.h"
#include "policy/decision_codec.h"

namespace merlon {
namespace {

RecordedAction recorded_action(Action action) {
  switch (action) {
    case Action::kForward: return RecordedAction::kForward;
    case Action::kRewrite: return RecordedAction::kRewrite;
    case Action::kAnswer: return RecordedAction::kAnswer;
    case Action::kDrop: return RecordedAction::kDrop;
  }
  return RecordedAction::kDrop;
}

Action action_of(RecordedAction action) {
  switch (action) {
    case RecordedAction::kForward: return Action::kForward;
    case RecordedAction::kRewrite: return Action::kRewrite;
    case RecordedAction::kAnswer: return Action::kAnswer;
    case RecordedAction::kDrop: return Action::kDrop;
  }
  return Action::kDrop;
}

bool is_same_sending(const Interception& again, const RecordedSending& recorded) {
  if (recorded_action(again.action) != recorded.action) {
    return false;
  }
  const bool sends = again.action == Action::kRewrite || again.action == Action::kAnswer;
  return !sends || (again.to == recorded.to && again.bytes == recorded.bytes);
}

}  // namespace

RecordedSendingView recorded_sending(const Interception& what) {
  return {.action = recorded_action(what.action), .to = what.to, .bytes = what.bytes};
}

SessionState recorded_state(const RecordingHeader& header) {
  SessionState state;
  state.session = header.session;
  state.server = header.server;
  state.tenant = header.tenant;
  state.identity = header.identity;
  state.user = header.user;
  state.group = header.group;
  return state;
}

RecordedSession::RecordedSession(std::shared_ptr<const CompiledPolicy> policy,
                                 const RecordingHeader& header)
    : interceptor_(std::move(policy), recorded_state(header), header.limits) {}

ReplayedEvent RecordedSession::play(RecordedEvent event) {
  Received received = interceptor_.receive(std::move(event.event));
  exact_ = exact_ && event.reproducible();
  ReplayedEvent out;
  out.sending = interceptor_.finish(received);
  out.decision_json = decision_json(received.evaluation.decision);
  out.decision = std::move(received.evaluation.decision);
  out.sequence = out.decision.state.sequence;
  out.same_decision = out.decision_json == event.decision;
  out.same_sending = is_same_sending(out.sending, event.sending);
  out.reproducible = exact_;
  return out;
}

ReplayedEvent RecordedSession::play(const RecordedUnreadable& line) {
  ReplayedEvent out;
  const bool whole = line.bytes.has_value() && !line.masked;
  out.reproducible = exact_ && whole;
  if (!whole) {
    // What was sent is all that is left of it.
    out.sending = {.action = action_of(line.sending.action),
                   .to = line.sending.to,
                   .bytes = line.sending.bytes};
    if (line.direction == Direction::kToClient && out.sending.action == Action::kAnswer) {
      exact_ = interceptor_.close_request(id_key_of(lost_answer_id(out.sending.bytes))) && exact_;
    }
    return out;
  }
  Received received = interceptor_.read(*line.bytes, line.direction, line.time_ms);
  // Bytes that are a message after all: the recording says otherwise.
  out.same_decision = !received.event.has_value();
  if (out.same_decision) {
    out.sending = interceptor_.finish(received);
  }
  out.same_sending = is_same_sending(out.sending, line.sending);
  return out;
}

Checked<ReplayedRecording> replay_recording(RecordingReader& reader,
                                            const RecordedPolicyMaker& make_policy) {
  auto policy = make_policy(reader.header().engine);
  if (!policy) {
    return std::unexpected(std::move(policy).error());
  }
  RecordedSession session(*std::move(policy), reader.header());
  ReplayedRecording out;
  for (;;) {
    auto line = reader.next();
    if (!line) {
      out.errors.push_back(std::move(line).error());
      session.lose_line();
      continue;
    }
    std::optional<RecordedLine> found = *std::move(line);
    if (!found) {
      break;
    }
    if (auto* const event = std::get_if<RecordedEvent>(&*found)) {
      out.events.push_back(session.play(std::move(*event)));
    } else if (const auto* const unreadable = std::get_if<RecordedUnreadable>(&*found)) {
      out.events.push_back(session.play(*unreadable));
    } else if (const auto* const reload = std::get_if<RecordedReload>(&*found)) {
      auto next = make_policy(reload->engine);
      if (!next) {
        return std::unexpected(std::move(next).error());
      }
      session.use(*std::move(next));
    }
  }
  out.complete = reader.complete();
  return out;
}

}  // namespace merlon
