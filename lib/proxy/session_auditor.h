#pragma once
/// What happens in a guarded session, into an audit log where one is wanted. Unlike a recording, a
/// log that cannot go on stops the session: no record, no forward. docs/spec/audit.md.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "audit/session_audit.h"
#include "mcp/recording.h"
#include "model/session_state.h"
#include "policy/interceptor.h"
#include "proxy/session_door.h"

namespace merlon {

class SessionAuditor {
 public:
  /// `audit` is begun, or null: nothing is logged. `tell` is for people.
  SessionAuditor(std::unique_ptr<SessionAudit> audit, std::function<void(const std::string&)> tell)
      : audit_(std::move(audit)), tell_(std::move(tell)) {}

  /// False: nothing may be sent because of this event. `state` is the one after it.
  [[nodiscard]] bool happened(const Event& event, const Decision& decision,
                              const Interception& what, const SessionState& state);
  [[nodiscard]] bool unreadable(const AuditedLineView& line);
  void reloaded(const AuditedEngine& engine);
  /// A policy was read again and not taken.
  void policy_kept(const std::string& why);
  void ended(const AuditedEnd& end);

  /// What who waits is told when an event could not be logged.
  struct Refusal {
    Direction to{Direction::kToClient};
    std::string bytes;
  };
  [[nodiscard]] static std::optional<Refusal> refusal(const Event& event);

 private:
  [[nodiscard]] bool kept(const Status& status);

  std::unique_ptr<SessionAudit> audit_;
  std::function<void(const std::string&)> tell_;
  std::string told_;  ///< the last failure, so that it is told once
};

[[nodiscard]] AuditAction audit_action(Action action);
[[nodiscard]] AuditedEngine audited_engine(const RecordedEngine& engine);

}  // namespace merlon
