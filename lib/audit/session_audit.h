#pragma once
/// The records of one session of a proxy: who, under which policy, what was decided and what came
/// of it. docs/spec/audit.md, "Records".
///
///   MERLON_TRY(auto audit, SessionAudit::begin(std::move(writer), session));
///   ... before anything is sent because of an event:
///   if (!audit->decided({.event = event, .decision = decision, .action = AuditAction::kForward}))
///     ... send nothing ...
///   MERLON_CHECK(audit->end({.reason = "client-closed"}));
///
/// Content of messages is never written, only its SHA-256. One thread at a time.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "audit/audit_writer.h"
#include "base/result.h"
#include "model/decision.h"
#include "model/event.h"

namespace merlon {

/// What decides: digests as hex, empty for none.
struct AuditedEngine {
  std::string policy;
  std::string rules;
  std::string rules_version;
  std::string pins;
};

struct AuditedSession {
  std::string session;
  std::string server;
  std::string launch;  ///< digest of the launch command
  std::string user;
  std::string tenant;
  std::string identity;
  std::string group;
  AuditedEngine engine;
  bool tenant_as_token{false};  ///< AuditWriter::token_of() stands in the log in place of `tenant`
};

enum class AuditAction : std::uint8_t { kForward, kRewrite, kAnswer, kDrop };
[[nodiscard]] std::string_view to_string(AuditAction action);

struct AuditedDecisionView {
  const Event& event;
  const Decision& decision;
  AuditAction action{AuditAction::kDrop};
  /// The call can change something, or nobody knows: synced before it is forwarded.
  bool changes{true};
};

struct AuditedLineView {
  Direction direction{Direction::kToServer};
  AuditAction action{AuditAction::kDrop};
  const std::string* bytes{nullptr};  ///< null: too long to be kept
  std::uint64_t size{0};
  std::string_view problem;
};

struct AuditedEnd {
  std::string_view reason;
  std::string exit;  ///< status of the server; may be empty
};

class SessionAudit {
 public:
  [[nodiscard]] static Result<std::unique_ptr<SessionAudit>> begin(
      std::unique_ptr<AuditWriter> writer, AuditedSession session);

  /// The decision; of an answer also what became of its request.
  [[nodiscard]] Status decided(const AuditedDecisionView& what);
  [[nodiscard]] Status unreadable(const AuditedLineView& line);
  [[nodiscard]] Status reloaded(const AuditedEngine& engine);
  /// A policy that was read again is not taken.
  [[nodiscard]] Status policy_kept(std::string_view why);
  /// Requests that nobody answered, the end of the session, and the seal.
  [[nodiscard]] Status end(const AuditedEnd& end);

  [[nodiscard]] const AuditWriter& log() const { return *writer_; }

  static constexpr std::size_t kMostOpen = 4096;  ///< requests; older ones count as unanswered
  static constexpr std::size_t kMostItems = 16;
  static constexpr std::size_t kMostText = 512;

 private:
  /// A request that was forwarded.
  struct OpenRequest {
    std::uint64_t record{0};
    std::int64_t time_ms{0};
    std::string method;
    std::string item;
  };
  using OpenKey = std::pair<Direction, std::string>;

  SessionAudit(std::unique_ptr<AuditWriter> writer, AuditedSession session)
      : writer_(std::move(writer)), session_(std::move(session)) {}
  [[nodiscard]] std::string decision_members(const AuditedDecisionView& what, bool awaits,
                                             const OpenRequest* answers) const;
  [[nodiscard]] Status note_outcome(const AuditedDecisionView& what, const OpenRequest& request);
  [[nodiscard]] Status note_unanswered(const OpenRequest& request, std::string_view outcome);
  [[nodiscard]] Status open_request(const Event& event, std::uint64_t record);

  std::unique_ptr<AuditWriter> writer_;
  AuditedSession session_;
  std::map<OpenKey, OpenRequest> open_;
  std::uint64_t decisions_{0};
  std::uint64_t refused_{0};
};

}  // namespace merlon
