#include "replay/audited_sessions.h"

#include <map>
#include <optional>
#include <utility>

#include "audit/audit_line.h"
#include "base/json/json_reader.h"
#include "base/text.h"
#include "base/timestamp.h"

namespace merlon {
namespace {

constexpr std::string_view kAuditGaps[] = {
    "what messages said (the log has their SHA-256): nothing is decided again",
    "what servers offered, and which facts were gathered",
};

/// One record, parsed.
class AuditedRecord {
 public:
  AuditedRecord(const Document& json, const AuditHeadView& head) : json_(json), head_(head) {}

  [[nodiscard]] const AuditHeadView& head() const { return head_; }
  [[nodiscard]] std::string text(std::string_view name) const {
    return json_.string_or(json_.find(json_.root(), name), "");
  }
  [[nodiscard]] std::uint64_t number(std::string_view name) const {
    return number_below(json_.root(), name);
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> out;
    if (const auto list = json_.find(json_.root(), name, NodeKind::kArray)) {
      for (const NodeId element : json_.elements(*list)) {
        out.push_back(json_.text(element));
      }
    }
    return out;
  }
  [[nodiscard]] StateSnapshot state() const {
    StateSnapshot out{.sequence = number("event")};
    if (const auto state = json_.find(json_.root(), "state", NodeKind::kObject)) {
      out.legs = static_cast<std::uint8_t>(number_below(*state, "legs") & 7U);
      out.calls = number_below(*state, "calls");
      out.denials = number_below(*state, "denials");
    }
    return out;
  }

 private:
  [[nodiscard]] std::uint64_t number_below(NodeId object, std::string_view name) const {
    const auto node = json_.find(object, name, NodeKind::kNumber);
    return node ? parse_unsigned(json_.raw(*node)).value_or(0) : 0;
  }

  const Document& json_;
  const AuditHeadView& head_;
};

RecordedAction recorded_action_of(std::string_view outcome) {
  return outcome == "forward"   ? RecordedAction::kForward
         : outcome == "rewrite" ? RecordedAction::kRewrite
         : outcome == "answer"  ? RecordedAction::kAnswer
                                : RecordedAction::kDrop;
}

ReplayedMessage audited_message(const AuditedRecord& record) {
  const bool tool = record.text("resource_type") == "tool";
  ReplayedMessage out{
      .sequence = record.number("event"),
      .line = record.head().seq,
      .time_ms = parse_timestamp_ms(record.head().time).value_or(0),
      .direction =
          record.text("direction") == "to-client" ? Direction::kToClient : Direction::kToServer,
      .origin = record.text("origin") == "proxy" ? EventOrigin::kProxy : EventOrigin::kPeer,
      .method = record.text("action"),
      .tool = tool ? record.text("resource_id") : std::string(),
      .state = record.state()};
  out.recorded = Ruling{.verdict = parse_verdict(record.text("verdict")).value_or(Verdict::kDeny),
                        .would_be = parse_verdict(record.text("would_be")).value_or(Verdict::kDeny),
                        .action = recorded_action_of(record.text("outcome")),
                        .guards = record.texts("guards"),
                        .rules = record.texts("rules")};
  for (std::string& text : record.texts("details")) {
    out.reasons.push_back({.message = std::move(text)});
  }
  return out;
}

/// Sorts records by their sessions.
class AuditedSessions {
 public:
  AuditedSessions(const AuditReport& report, const std::string& path, ShownMessages shown)
      : report_(report), path_(path), shown_(shown) {}

  void take(std::uint64_t index, std::string_view line) {
    const auto head = parse_audit_head(line);
    const auto json =
        parse_json(SourceText::copy_of(path_, std::string(line)), JsonDialect::kStrict, Limits());
    if (!head || !json) {
      Error error =
          make_error(ErrorCode::kFormat, "record ", std::to_string(index), " cannot be read");
      error.where.file = path_;
      errors_.push_back(std::move(error));
      return;
    }
    take_record(AuditedRecord(*json, *head));
  }

  [[nodiscard]] std::vector<SessionReplay> finish() && {
    if (sessions_.empty()) {
      (void)session_of("");
    }
    for (Error& error : errors_) {
      sessions_.front().errors.push_back(std::move(error));
    }
    return std::move(sessions_);
  }

 private:
  SessionReplay& session_of(const std::string& name) {
    const auto [found, fresh] = places_.try_emplace(name, sessions_.size());
    if (fresh) {
      SessionReplay& made = sessions_.emplace_back();
      made.file = path_;
      made.format = kAuditLogFormat;
      made.session = name;
      made.complete = false;
      made.cannot_tell.assign(std::begin(kAuditGaps), std::end(kAuditGaps));
      if (report_.key_source == AuditKeySource::kNobody) {
        made.cannot_tell.emplace_back("who wrote the log: no trusted key (`--audit-key` names it)");
      }
      made.audited = AuditedDecisions{.verdict = std::string(to_string(report_.verdict)),
                                      .key_source = std::string(to_string(report_.key_source))};
    }
    return sessions_[found->second];
  }

  void take_record(const AuditedRecord& record) {
    const std::string_view type = record.head().type;
    const std::string name = record.text("session");
    if (name.empty()) {
      return;  // of the log itself
    }
    SessionReplay& session = session_of(name);
    if (type == "session-start") {
      session.server = record.text("server");
      session.recorded_digest = record.text("policy");
    } else if (type == "session-end") {
      session.complete = true;
    } else if (type == "reload") {
      ++session.reloads;
    } else if (type == "unreadable") {
      ++session.audited->unreadable;
    } else if (type == "outcome") {
      session.audited->outcomes += record.text("outcome") == "unanswered" ? 0U : 1U;
    } else if (type == "decision") {
      take_decision(record, session);
    }
  }

  void take_decision(const AuditedRecord& record, SessionReplay& session) const {
    AuditedDecisions& audited = *session.audited;
    ReplayedMessage message = audited_message(record);
    ++audited.decisions;
    ++audited.verdicts[static_cast<std::size_t>(message.recorded->would_be)];
    for (const std::string& rule : message.recorded->rules) {
      ++audited.rules[rule];
    }
    if (!message.tool.empty() && message.direction == Direction::kToServer) {
      ++audited.tools[message.tool];
    }
    const bool notable = message.recorded->would_be != Verdict::kAllow;
    if (shown_ == ShownMessages::kAll || (shown_ == ShownMessages::kNotable && notable)) {
      session.shown.push_back(std::move(message));
    }
  }

  const AuditReport& report_;
  const std::string& path_;
  ShownMessages shown_;
  std::map<std::string, std::size_t> places_;
  std::vector<SessionReplay> sessions_;
  std::vector<Error> errors_;
};

}  // namespace

std::vector<SessionReplay> read_audited_sessions(const AuditLogView& log, const AuditReport& report,
                                                 const std::string& path, ShownMessages shown) {
  AuditedSessions sessions(report, path, shown);
  std::uint64_t index = log.segments.empty() ? 0 : log.segments.front().first;
  for (const AuditSegmentView& segment : log.segments) {
    std::string_view rest = segment.bytes;
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      sessions.take(index++, rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
  }
  return std::move(sessions).finish();
}

}  // namespace merlon
