#include "audit/session_audit.h"

#include <algorithm>

#include "base/digest/digest.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "mcp/method.h"

namespace merlon {
namespace {

constexpr std::size_t kTypicalMembers = 1024;

/// Members of a record, with bounds on what strangers can make long.
class MemberWriter {
 public:
  MemberWriter() { out_.reserve(kTypicalMembers); }

  void text(std::string_view name, std::string_view value) {
    begin(name);
    cut_ = cut_ || value.size() > SessionAudit::kMostText;
    append_json_string(out_, value.size() > SessionAudit::kMostText
                                 ? shorten(value, SessionAudit::kMostText)
                                 : std::string(value));
  }
  void number(std::string_view name, std::uint64_t value) {
    begin(name);
    out_ += std::to_string(value);
  }
  void boolean(std::string_view name, bool value) {
    begin(name);
    out_ += value ? "true" : "false";
  }
  template <class Range, class Word>
  void list(std::string_view name, const Range& items, const Word& word) {
    begin(name);
    out_.push_back('[');
    std::size_t count = 0;
    for (const auto& item : items) {
      if (count == SessionAudit::kMostItems) {
        cut_ = true;
        break;
      }
      out_ += count++ == 0 ? "" : ",";
      append_json_string(out_, shorten(word(item), SessionAudit::kMostText));
    }
    out_.push_back(']');
  }
  void raw(std::string_view name, std::string_view json) {
    begin(name);
    out_ += json;
  }

  [[nodiscard]] std::string take() && {
    if (cut_) {
      boolean("cut", true);
    }
    return std::move(out_);
  }

 private:
  void begin(std::string_view name) { out_.append(",\"").append(name).append("\":"); }

  std::string out_;
  bool cut_{false};
};

std::string_view resource_type(std::string_view method) {
  if (method == "tools/call") {
    return "tool";
  }
  if (method.starts_with("prompts/")) {
    return "prompt";
  }
  return method.starts_with("resources/") ? "resource" : "";
}

std::string_view assurance_word(Assurance assurance) {
  switch (assurance) {
    case Assurance::kElicited: return "elicited";
    case Assurance::kSameUser: return "same-user";
    case Assurance::kOtherUser: return "other-user";
    case Assurance::kRemoteSigned: return "remote-signed";
    case Assurance::kHardware: return "hardware";
  }
  return "unknown";
}

/// Every reason that was given, by whichever guard.
std::vector<const Reason*> all_reasons(const Decision& decision) {
  std::vector<const Reason*> reasons;
  for (const GuardOutcome& outcome : decision.outcomes) {
    for (const Reason& reason : outcome.reasons) {
      reasons.push_back(&reason);
    }
  }
  return reasons;
}

void write_engine(MemberWriter& members, const AuditedEngine& engine) {
  members.text("policy", engine.policy);
  members.text("rules", engine.rules);
  members.text("rules_version", engine.rules_version);
  members.text("pins", engine.pins);
}

void write_reasons(MemberWriter& members, const Decision& decision) {
  const auto same = [](const std::string& word) { return word; };
  const std::vector<const Reason*> reasons = all_reasons(decision);
  const std::vector<const Reason*> first = determining_reasons(decision);
  members.text("code", first.empty() ? "" : to_string(first.front()->code));
  members.list("guards", decision.determining, same);
  members.list("erroring", decision.erroring, same);
  members.list("rules", reasons, [](const Reason* reason) { return reason->rule_id; });
  members.list("details", reasons, [](const Reason* reason) { return reason->message; });
}

void write_state(MemberWriter& members, const StateSnapshot& state) {
  members.raw("state", "{\"legs\":" + std::to_string(state.legs) +
                           ",\"calls\":" + std::to_string(state.calls) +
                           ",\"denials\":" + std::to_string(state.denials) + "}");
}

bool passes_on(AuditAction action) {
  return action == AuditAction::kForward || action == AuditAction::kRewrite;
}

}  // namespace

std::string_view to_string(AuditAction action) {
  switch (action) {
    case AuditAction::kForward: return "forward";
    case AuditAction::kRewrite: return "rewrite";
    case AuditAction::kAnswer: return "answer";
    case AuditAction::kDrop: return "drop";
  }
  return "unknown";
}

Result<std::unique_ptr<SessionAudit>> SessionAudit::begin(std::unique_ptr<AuditWriter> writer,
                                                          AuditedSession session) {
  if (session.tenant_as_token && !session.tenant.empty()) {
    MERLON_TRY(session.tenant, writer->token_of(session.tenant));
  }
  MemberWriter members;
  members.text("session", session.session);
  members.text("server", session.server);
  members.text("launch", session.launch);
  members.text("user", session.user);
  members.text("tenant", session.tenant);
  members.text("identity", session.identity);
  members.text("group", session.group);
  write_engine(members, session.engine);
  MERLON_TRY([[maybe_unused]] const std::uint64_t record,
             writer->append("session-start", std::move(members).take(), AuditSync::kNow));
  return std::unique_ptr<SessionAudit>(new SessionAudit(std::move(writer), std::move(session)));
}

std::string SessionAudit::decision_members(const AuditedDecisionView& what, bool awaits,
                                           const OpenRequest* answers) const {
  const Event& event = what.event;
  const Decision& decision = what.decision;
  const std::string& method = answers != nullptr ? answers->method : event.message.method;
  MemberWriter members;
  members.boolean("awaits", awaits);
  members.text("session", session_.session);
  members.number("event", event.sequence);
  members.text("origin", event.origin == EventOrigin::kPeer ? "peer" : "proxy");
  members.text("direction", to_string(event.message.direction));
  members.text("phase", to_string(phase_of(event.message, method)));
  members.text("action", method);
  members.text("resource_type", resource_type(method));
  members.text("resource_id", answers != nullptr ? answers->item : item_of(event.message));
  members.text("outcome", to_string(what.action));
  members.text("verdict", to_string(decision.verdict));
  members.text("would_be", to_string(decision.would_be));
  members.text("request_id", decision.request_id);
  members.text("message_digest", sha256_hex(event.message.bytes()));
  members.number("message_size", event.message.bytes().size());
  write_reasons(members, decision);
  members.list("approvals", event.facts.grants, [](const Grant& grant) {
    return grant.ticket + " " + std::string(assurance_word(grant.assurance)) + " " + grant.approver;
  });
  members.text("user", session_.user);
  members.text("tenant", session_.tenant);
  members.text("identity", session_.identity);
  write_state(members, decision.state);
  return std::move(members).take();
}

Status SessionAudit::decided(const AuditedDecisionView& what) {
  const Message& message = what.event.message;
  const bool answer = message.kind == MessageKind::kResult || message.kind == MessageKind::kError;
  const auto open =
      answer ? open_.find({opposite(message.direction), message.id_key()}) : open_.end();
  const bool awaits = message.kind == MessageKind::kRequest && passes_on(what.action);
  const Verdict verdict = what.decision.verdict;
  const bool grave = verdict == Verdict::kAsk || verdict == Verdict::kDeny ||
                     (message.kind == MessageKind::kRequest && what.changes);
  MERLON_TRY(
      const std::uint64_t record,
      writer_->append("decision",
                      decision_members(what, awaits, open == open_.end() ? nullptr : &open->second),
                      grave ? AuditSync::kNow : AuditSync::kSoon));
  ++decisions_;
  refused_ += passes_on(what.action) ? 0U : 1U;
  if (awaits) {
    return open_request(what.event, record);
  }
  if (open == open_.end()) {
    return {};
  }
  const OpenRequest request = std::move(open->second);
  open_.erase(open);
  return note_outcome(what, request);
}

Status SessionAudit::open_request(const Event& event, std::uint64_t record) {
  if (open_.size() >= kMostOpen) {
    const auto oldest =
        std::ranges::min_element(open_, {}, [](const auto& entry) { return entry.second.record; });
    const OpenRequest request = std::move(oldest->second);
    open_.erase(oldest);
    MERLON_CHECK(note_unanswered(request, "unanswered"));
  }
  OpenRequest request{.record = record,
                      .time_ms = event.time_ms,
                      .method = event.message.method,
                      .item = item_of(event.message)};
  auto [place, added] =
      open_.try_emplace({event.message.direction, event.message.id_key()}, request);
  if (!added) {
    // An id that is used twice: the first one can never be told from the second.
    std::swap(place->second, request);
    return note_unanswered(request, "unanswered");
  }
  return {};
}

Status SessionAudit::note_outcome(const AuditedDecisionView& what, const OpenRequest& request) {
  const Event& event = what.event;
  MemberWriter members;
  members.text("session", session_.session);
  members.number("event", event.sequence);
  members.number("of", request.record);
  members.text("outcome", event.message.kind == MessageKind::kResult ? "result" : "error");
  members.text("verdict", to_string(what.decision.verdict));
  members.text("message_digest", sha256_hex(event.message.bytes()));
  members.number("message_size", event.message.bytes().size());
  members.number(
      "ms", static_cast<std::uint64_t>(std::max<std::int64_t>(0, event.time_ms - request.time_ms)));
  MERLON_TRY([[maybe_unused]] const std::uint64_t record,
             writer_->append("outcome", std::move(members).take(), AuditSync::kSoon));
  return {};
}

Status SessionAudit::note_unanswered(const OpenRequest& request, std::string_view outcome) {
  MemberWriter members;
  members.text("session", session_.session);
  members.number("event", 0);
  members.number("of", request.record);
  members.text("outcome", outcome);
  MERLON_TRY([[maybe_unused]] const std::uint64_t record,
             writer_->append("outcome", std::move(members).take(), AuditSync::kSoon));
  return {};
}

Status SessionAudit::unreadable(const AuditedLineView& line) {
  MemberWriter members;
  members.text("session", session_.session);
  members.text("direction", to_string(line.direction));
  members.text("action", to_string(line.action));
  members.number("size", line.size);
  members.text("digest", line.bytes != nullptr ? sha256_hex(*line.bytes) : "");
  members.text("problem", line.problem);
  MERLON_TRY([[maybe_unused]] const std::uint64_t record,
             writer_->append("unreadable", std::move(members).take(), AuditSync::kNow));
  return {};
}

Status SessionAudit::reloaded(const AuditedEngine& engine) {
  MemberWriter members;
  members.text("session", session_.session);
  write_engine(members, engine);
  MERLON_TRY([[maybe_unused]] const std::uint64_t record,
             writer_->append("reload", std::move(members).take(), AuditSync::kNow));
  return {};
}

Status SessionAudit::policy_kept(std::string_view why) {
  MemberWriter members;
  members.text("session", session_.session);
  members.text("reason", why);
  MERLON_TRY([[maybe_unused]] const std::uint64_t record,
             writer_->append("reload-refused", std::move(members).take(), AuditSync::kNow));
  return {};
}

Status SessionAudit::end(const AuditedEnd& end) {
  for (const auto& [key, request] : open_) {
    MERLON_CHECK(note_unanswered(request, "unanswered"));
  }
  open_.clear();
  MemberWriter members;
  members.text("session", session_.session);
  members.text("reason", end.reason);
  members.number("decisions", decisions_);
  members.number("refused", refused_);
  members.text("exit", end.exit);
  MERLON_TRY([[maybe_unused]] const std::uint64_t record,
             writer_->append("session-end", std::move(members).take(), AuditSync::kNow));
  return writer_->seal();
}

}  // namespace merlon
