#include "policy/interceptor.h"

#include <algorithm>
#include <utility>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "mcp/lost_answer.h"
#include "mcp/lost_id.h"
#include "mcp/message_id.h"
#include "policy/approval.h"
#include "policy/session_tracker.h"

namespace merlon {
namespace {

constexpr std::string_view kStatelessRevision = "2026-07-28";
constexpr std::string_view kRevisionKey = "io.modelcontextprotocol/protocolVersion";
constexpr std::size_t kLongestRevision = 32;
/// What is said in place of an id that cannot be told.
constexpr std::string_view kUnknownId = "null";

/// What a peer is told of a decision: the first determining reason, and no more.
struct Denial {
  DenialCode code{DenialCode::kPermissionDenied};
  std::string rule;
  std::string message;
  std::string remedy;
  std::string request_id;
  std::optional<std::uint64_t> retry_after_seconds;
  std::optional<AskedFact> asked;  ///< the ticket of what a person was asked about
};

Denial denial_of(const Decision& decision, const Facts& facts) {
  Denial out;
  out.request_id = decision.request_id;
  const auto reasons = determining_reasons(decision);
  if (!reasons.empty()) {
    const Reason& reason = *reasons.front();
    out.code = reason.code;
    out.rule = reason.rule_id;
    out.message = reason.message;
    out.remedy = reason.remedy;
    for (const Reason* const other : reasons) {
      // The longest wait is the one after which all of them let it pass.
      if (other->retry_after_seconds) {
        out.retry_after_seconds =
            std::max(out.retry_after_seconds.value_or(0), *other->retry_after_seconds);
      }
    }
  }
  if (out.code == DenialCode::kGuardFailed) {
    // Why a guard failed is for the operator's log.
    out.message = "a check of this message failed";
  } else if (out.code == DenialCode::kNone) {
    out.code = DenialCode::kPermissionDenied;
  }
  if (decision.verdict == Verdict::kAsk) {
    out.code = DenialCode::kApprovalRequired;
    out.asked = find_approval_fact(facts);
  }
  return out;
}

/// Names the ticket, and nothing that could approve it.
std::string asked_text(const std::optional<AskedFact>& asked) {
  if (!asked) {
    return "A person has to approve this call first. ";
  }
  const std::string ticket = "ticket " + escape_for_display(asked->ticket);
  switch (asked->end) {
    case AskedEnd::kOpen:
      return "A person has to approve this call first: " + ticket +
             ". Once that has happened, make exactly the same call again. ";
    case AskedEnd::kDenied: return "A person refused this call: " + ticket + ". ";
    case AskedEnd::kChanged:
      return "The call, or the tool, is not any more what was to be approved: " + ticket + ". ";
  }
  return "";
}

std::string denial_text(const Denial& denial) {
  std::string text = "Blocked by policy: " + std::string(to_string(denial.code));
  if (!denial.rule.empty()) {
    text += " (" + denial.rule + ")";
  }
  if (!denial.message.empty()) {
    text += ": " + denial.message;
  }
  text += ". ";
  if (denial.code == DenialCode::kApprovalRequired) {
    text += asked_text(denial.asked);
  }
  if (!denial.remedy.empty()) {
    text += "What to do: " + denial.remedy + (denial.remedy.ends_with('.') ? " " : ". ");
  }
  if (denial.retry_after_seconds) {
    text += "Try again in " + counted(*denial.retry_after_seconds, "second") + ". ";
  }
  return text + "Request " + denial.request_id + ".";
}

/// True when results of this request must say `resultType`.
bool speaks_stateless(const SessionState& state, const Message& request) {
  const Document& document = request.document;
  const auto meta = document.find(request.params, "_meta");
  const auto claimed = document.find(meta, kRevisionKey);
  const std::string revision = document.string_or(claimed, state.protocol_version);
  // Revisions are dates: later ones are greater.
  return revision.size() <= kLongestRevision && revision >= kStatelessRevision;
}

std::string tool_answer(std::string_view id, const Denial& denial, bool stateless) {
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").key("id").raw(id);
  json.key("result").begin_object();
  if (stateless) {
    json.field("resultType", "complete");
  }
  json.key("content").begin_array().begin_object();
  json.field("type", "text").field("text", denial_text(denial));
  json.end_object().end_array();
  json.field("isError", true).end_object().end_object();
  return std::move(json).take();
}

std::string error_answer(std::string_view id, const Denial& denial) {
  JsonWriter json;
  json.begin_object().field("jsonrpc", "2.0").key("id").raw(id);
  json.key("error").begin_object();
  json.field("code", json_rpc_code(denial.code)).field("message", denial_text(denial));
  json.key("data").begin_object();
  json.field("code", to_string(denial.code)).field("rule", denial.rule);
  json.field("request_id", denial.request_id);
  if (denial.retry_after_seconds) {
    json.field("retry_after_seconds", *denial.retry_after_seconds);
  }
  json.end_object().end_object().end_object();
  return std::move(json).take();
}

Interception answer_request(const SessionState& before, const Message& message,
                            const Denial& denial) {
  const std::string_view id = message.document.raw(message.id);
  const bool tool = message.method == "tools/call";
  return {.action = Action::kAnswer,
          .to = opposite(message.direction),
          .bytes = tool ? tool_answer(id, denial, speaks_stateless(before, message))
                        : error_answer(id, denial)};
}

/// Who asked gets an error in place of an answer that is not let through.
Interception replace_answer(const SessionState& before, const Message& message,
                            const Denial& denial) {
  const MessageContext context = context_of(before, message);
  if (context.request == nullptr) {
    return {};
  }
  const std::string_view id = message.document.raw(message.id);
  const bool tool = context.request->method == "tools/call";
  const bool stateless = before.protocol_version >= kStatelessRevision ||
                         message.document.find(message.result, "resultType").has_value();
  return {.action = Action::kAnswer,
          .to = message.direction,
          .bytes = tool ? tool_answer(id, denial, stateless) : error_answer(id, denial)};
}

/// What a client is told about bytes that are no message.
std::string unreadable_answer(std::string_view id, const Error& problem, std::string request_id) {
  Denial denial;
  denial.code = DenialCode::kProtocolViolation;
  denial.rule = "message-unreadable";
  denial.message = escape_for_display(problem.message);
  denial.request_id = std::move(request_id);
  return error_answer(id, denial);
}

}  // namespace

int json_rpc_code(DenialCode code) {
  switch (code) {
    case DenialCode::kNone:
    case DenialCode::kPermissionDenied: return -31001;
    case DenialCode::kSuspiciousInput: return -31002;
    case DenialCode::kRateLimitExceeded: return -31003;
    case DenialCode::kTenantRequired: return -31004;
    case DenialCode::kNotFound: return -31005;
    case DenialCode::kApprovalRequired: return -31006;
    case DenialCode::kProtocolViolation: return -31007;
    case DenialCode::kDefinitionChanged: return -31008;
    case DenialCode::kRuleOfTwo: return -31009;
    case DenialCode::kDataLeak: return -31010;
    case DenialCode::kGuardFailed: return -31011;
  }
  return -31001;
}

Interception enforce(const SessionState& before, const Event& event, const Decision& decision) {
  const Message& message = event.message;
  if (event.origin == EventOrigin::kProxy) {
    return {};
  }
  if (passes(decision)) {
    return {.action = decision.rewritten ? Action::kRewrite : Action::kForward,
            .to = message.direction,
            .bytes = decision.rewritten ? *decision.rewritten : std::string(message.bytes())};
  }
  const Denial denial = denial_of(decision, event.facts);
  switch (message.kind) {
    case MessageKind::kRequest: return answer_request(before, message, denial);
    case MessageKind::kNotification: return {};
    case MessageKind::kResult:
    case MessageKind::kError: return replace_answer(before, message, denial);
  }
  return {};
}

bool Interceptor::only_watches() const {
  const auto layers = policy_->layers();
  return std::all_of(layers.begin(), layers.end(), [this](const PolicyLayer& layer) {
    return runs_in_shadow(*layer.policy, state_.session);
  });
}

Received Interceptor::read(std::string line, Direction direction, std::int64_t time_ms,
                           EventOrigin origin) const {
  Received out;
  out.basis = changes_;
  const auto source = SourceText::copy_of("message", std::move(line));
  auto message = parse_message(source, direction, limits_);
  if (!message) {
    if (!only_watches()) {
      out = refuse(direction, source->bytes(), std::move(message).error());
    } else {
      out.problem = std::move(message).error();
      out.refusal = {
          .action = Action::kForward, .to = direction, .bytes = std::string(source->bytes())};
    }
    out.unreadable = source->bytes();
    return out;
  }
  out.event = Event{.sequence = 0,
                    .time_ms = time_ms,
                    .origin = origin,
                    .message = *std::move(message),
                    .facts = {}};
  return out;
}

Received Interceptor::refuse(Direction direction, std::string_view line, Error problem) const {
  Received out;
  out.basis = changes_;
  const bool from_server = direction == Direction::kToClient;
  const std::string id = from_server ? lost_answer_id(line) : lost_id(line);
  bool answered = !from_server;
  if (from_server && id != kUnknownId) {
    out.lost_answer = id_key_of(id);
    const auto open = state_.pending.find({Direction::kToServer, out.lost_answer});
    answered = open != state_.pending.end() && !open->second.own && !open->second.cancelled;
  }
  if (answered) {
    out.refusal = {.action = Action::kAnswer,
                   .to = Direction::kToClient,
                   .bytes = unreadable_answer(
                       id, problem, state_.session + "-" + std::to_string(state_.sequence + 1))};
  }
  out.problem = std::move(problem);
  return out;
}

bool Interceptor::close_request(const std::string& id_key) {
  const bool closed = state_.pending.erase({Direction::kToServer, id_key}) > 0;
  changes_ += closed ? 1U : 0U;
  return closed;
}

Received Interceptor::receive(std::string line, Direction direction, std::int64_t time_ms,
                              EventOrigin origin) {
  Received out = read(std::move(line), direction, time_ms, origin);
  if (out.event) {
    judge(out);
  }
  return out;
}

Received Interceptor::receive(Event event) const {
  Received out;
  out.event = std::move(event);
  judge(out);
  return out;
}

void Interceptor::judge(Received& received) const {
  place(received);
  received.evaluation = decide(*policy_, state_, received.message_event());
}

Interception Interceptor::finish(Received& received) {
  if (!received.event) {
    if (received.refusal.action == Action::kAnswer && !received.lost_answer.empty()) {
      static_cast<void>(close_request(received.lost_answer));
    }
    return received.refusal;
  }
  if (!still_holds(received)) {
    judge(received);
  }
  const Decision& decision = received.evaluation.decision;
  Interception out = enforce(state_, *received.event, decision);
  settle(*policy_, state_, *received.event, decision);
  return out;
}

}  // namespace merlon
