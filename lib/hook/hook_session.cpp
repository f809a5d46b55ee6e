#include "hook/hook_session.h"

#include <utility>

#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "hook/host_tools.h"
#include "policy/approval.h"
#include "policy/decision_codec.h"

namespace merlon {
namespace {

constexpr int kMostRounds = 8;
constexpr std::size_t kLongestReason = 600;

std::string reason_of(const Decision& decision) {
  std::string out;
  for (const Reason* reason : determining_reasons(decision)) {
    if (!out.empty()) {
      out += "; ";
    }
    out += reason->message + " (" + reason->rule_id + ")";
    if (!reason->remedy.empty() && decision.verdict >= Verdict::kAsk) {
      out += ": " + reason->remedy;
    }
  }
  return shorten(escape_for_display(out), kLongestReason);
}

/// Ids are texts: those of the host may be anything.
std::string call_message(const std::string& id, const HookEvent& event) {
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").field("id", id).field("method", "tools/call");
  json.key("params").begin_object().field("name", event.tool);
  json.key("arguments").raw(event.arguments.empty() ? "{}" : event.arguments);
  json.end_object().end_object();
  return std::move(json).take();
}

/// How a result is written into the message, and found there again.
enum class ResultShape : std::uint8_t { kOfServer, kObject, kValue };

ResultShape shape_of(const std::string& result) {
  const auto document = parse_json(SourceText::copy_of("", result), JsonDialect::kStrict, Limits{});
  if (!document || !document->is(document->root(), NodeKind::kObject)) {
    return ResultShape::kValue;
  }
  const auto content = document->find(document->root(), "content");
  return content && document->is(*content, NodeKind::kArray) ? ResultShape::kOfServer
                                                             : ResultShape::kObject;
}

std::string result_message(const std::string& id, const std::string& result, ResultShape shape) {
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").field("id", id).key("result");
  if (shape == ResultShape::kOfServer) {
    json.raw(result);
  } else {
    json.begin_object().key("content").begin_array().end_array().key("structuredContent");
    if (shape == ResultShape::kObject) {
      json.raw(result);
    } else {
      json.begin_object().key("value").raw(result.empty() ? "null" : result).end_object();
    }
    json.end_object();
  }
  json.end_object();
  return std::move(json).take();
}

/// The member at the end of the path, as JSON.
std::optional<std::string> part_of(const std::string& message,
                                   std::initializer_list<std::string_view> path) {
  const auto document =
      parse_json(SourceText::copy_of("", message), JsonDialect::kStrict, Limits{});
  if (!document) {
    return std::nullopt;
  }
  std::optional<NodeId> node = document->root();
  for (const std::string_view key : path) {
    node = document->find(node, key);
  }
  return node ? std::optional(std::string(document->raw(*node))) : std::nullopt;
}

std::optional<std::string> changed_result(const std::string& message, ResultShape shape) {
  switch (shape) {
    case ResultShape::kOfServer: return part_of(message, {"result"});
    case ResultShape::kObject: return part_of(message, {"result", "structuredContent"});
    case ResultShape::kValue: return part_of(message, {"result", "structuredContent", "value"});
  }
  return std::nullopt;
}

HookRuling refusal(std::string why) {
  return {.verdict = Verdict::kDeny, .reason = std::move(why), .changed = std::nullopt};
}

}  // namespace

void HookSession::play(Event event) {
  Received received = interceptor_.receive(std::move(event));
  (void)interceptor_.finish(received);
}

Interception HookSession::settle(Received& received) {
  Interception sending = interceptor_.finish(received);
  happened_.push_back({.event = received.message_event(),
                       .decision = decision_json(received.evaluation.decision),
                       .sending = sending});
  return sending;
}

void HookSession::find_facts(Received& received) const {
  for (int round = 0; round < kMostRounds && !received.evaluation.needs.empty(); ++round) {
    for (const Need& need : received.evaluation.needs) {
      const bool known = need.kind == NeedKind::kPath || need.kind == NeedKind::kHost;
      received.message_event().facts.answers.push_back(
          known && world_.resolve ? world_.resolve(need)
                                  : Fact{.need = need, .state = FactState::kFailed, .values = {}});
    }
    interceptor_.judge(received);
  }
}

void HookSession::exchange(std::string question, std::string answer, std::int64_t now_ms) {
  const auto pass = [&](std::string text, Direction direction) {
    Received received =
        interceptor_.receive(std::move(text), direction, now_ms, EventOrigin::kProxy);
    if (received.event) {
      (void)settle(received);
    }
  };
  pass(std::move(question), Direction::kToServer);
  pass(std::move(answer), Direction::kToClient);
}

/// Makes a tool known that has not been seen: as if the server had listed it beside the others.
void HookSession::offer(const HookEvent& event, std::int64_t now_ms) {
  const auto& known = interceptor_.state().surface.newest;
  if (known.contains({SurfaceList::kTools, event.tool})) {
    return;
  }
  JsonWriter question;
  const std::string id = "merlon-hook-" + std::to_string(interceptor_.state().sequence);
  question.begin_object().field("jsonrpc", "2.0").field("id", id);
  question.field("method", "tools/list").end_object();
  JsonWriter answer;
  answer.begin_object().field("jsonrpc", "2.0").field("id", id).key("result").begin_object();
  answer.key("tools").begin_array();
  for (const auto& [key, definition] : known) {
    if (key.first == SurfaceList::kTools && definition.document != nullptr) {
      answer.raw(definition.document->raw(definition.definition));
    }
  }
  answer.raw(event.server.empty() ? host_tool_definition(event.tool)
                                  : bare_tool_definition(event.tool));
  answer.end_array().end_object().end_object();
  exchange(std::move(question).take(), std::move(answer).take(), now_ms);
}

/// The host's id, else that of the oldest open call of the tool, else a new one.
std::string HookSession::id_for(const HookEvent& event) const {
  if (!event.call.empty()) {
    return event.call;
  }
  const SessionState& state = interceptor_.state();
  if (event.phase == HookPhase::kAfter) {
    const PendingRequest* oldest = nullptr;
    std::string id;
    for (const auto& [key, request] : state.pending) {
      const bool mine = key.first == Direction::kToServer && request.item == event.tool &&
                        request.method == "tools/call" && key.second.starts_with('"');
      if (mine && (oldest == nullptr || request.sequence < oldest->sequence)) {
        oldest = &request;
        id = key.second.substr(1);
      }
    }
    if (oldest != nullptr) {
      return id;
    }
  }
  return "hook-" + std::to_string(state.sequence + 1);
}

HookRuling HookSession::judge_message(std::string message, Direction direction, std::int64_t now_ms,
                                      const std::vector<GroupFact>& group) {
  Received received = interceptor_.read(std::move(message), direction, now_ms);
  if (!received.event) {
    return refusal("the call cannot be read: " + escape_for_display(received.problem.message));
  }
  received.message_event().facts.group = group;
  interceptor_.judge(received);
  find_facts(received);
  HookRuling ruling{.verdict = received.evaluation.decision.verdict,
                    .reason = reason_of(received.evaluation.decision),
                    .changed = std::nullopt};
  if (ruling.verdict == Verdict::kAsk && world_.can_ask && direction == Direction::kToServer) {
    // The host asks its user after we are gone: the session goes on as if the answer were yes, so
    // that a call is never forgotten. What the policy does not let a user grant stays refused.
    Event& event = received.message_event();
    const auto& rewritten = received.evaluation.decision.rewritten;
    event.facts.grants.push_back(
        {.ticket = "host",
         .message_digest =
             digest_of_message(rewritten ? std::string_view(*rewritten) : event.message.bytes()),
         .assurance = Assurance::kElicited,
         .approver = world_.host});
    interceptor_.judge(received);
    find_facts(received);
    if (received.evaluation.decision.verdict >= Verdict::kAsk) {
      ruling.verdict = Verdict::kDeny;
    }
  }
  const Interception sending = settle(received);
  const bool stopped = sending.action == Action::kAnswer || sending.action == Action::kDrop;
  if (stopped && ruling.verdict < Verdict::kAsk) {
    return refusal("the result belongs to no call that was judged before");
  }
  if (sending.action == Action::kRewrite) {
    ruling.changed = sending.bytes;
  }
  return ruling;
}

HookRuling HookSession::judge(const HookEvent& event, std::int64_t now_ms,
                              const std::vector<GroupFact>& group) {
  if (event.phase == HookPhase::kOther) {
    return {.verdict = Verdict::kAllow, .reason = "", .changed = std::nullopt};
  }
  const std::string id = id_for(event);
  if (event.phase == HookPhase::kBefore) {
    offer(event, now_ms);
    HookRuling ruling = judge_message(call_message(id, event), Direction::kToServer, now_ms, group);
    if (ruling.changed) {
      ruling.changed = part_of(*ruling.changed, {"params", "arguments"});
    }
    return ruling;
  }
  const ResultShape shape = shape_of(event.result);
  HookRuling ruling =
      judge_message(result_message(id, event.result, shape), Direction::kToClient, now_ms, group);
  if (ruling.changed) {
    ruling.changed = changed_result(*ruling.changed, shape);
  }
  return ruling;
}

}  // namespace merlon
