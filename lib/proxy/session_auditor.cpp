#include "proxy/session_auditor.h"

#include "base/digest/digest.h"
#include "capability/capability.h"
#include "mcp/method.h"
#include "proxy/proxy_answer.h"

namespace merlon {
namespace {

/// Whether a call can change something; of a tool that nobody knows it can.
bool can_change(const Message& message, const SessionState& state) {
  if (message.method != "tools/call") {
    return false;
  }
  constexpr auto kChanging = static_cast<CapabilitySet>(
      capability_bit(Capability::kChangesState) | capability_bit(Capability::kDestroys) |
      capability_bit(Capability::kExecutes) | capability_bit(Capability::kSpendsMoney) |
      capability_bit(Capability::kWritesMemory));
  const auto tool = state.surface.newest.find({SurfaceList::kTools, item_of(message)});
  return tool == state.surface.newest.end() || (tool->second.capabilities & kChanging) != 0;
}

}  // namespace

AuditAction audit_action(Action action) {
  switch (action) {
    case Action::kForward: return AuditAction::kForward;
    case Action::kRewrite: return AuditAction::kRewrite;
    case Action::kAnswer: return AuditAction::kAnswer;
    case Action::kDrop: return AuditAction::kDrop;
  }
  return AuditAction::kDrop;
}

AuditedEngine audited_engine(const RecordedEngine& engine) {
  return {.policy = engine.policy.digest,
          .rules = engine.rules_digest,
          .rules_version = engine.rules_version,
          .pins = engine.pins ? sha256_hex(*engine.pins) : ""};
}

bool SessionAuditor::kept(const Status& status) {
  if (status) {
    told_.clear();
    return true;
  }
  if (told_ != status.error().message) {
    told_ = status.error().message;
    tell_("the audit log cannot be written, nothing is forwarded: " + told_);
  }
  return false;
}

bool SessionAuditor::happened(const Event& event, const Decision& decision,
                              const Interception& what, const SessionState& state) {
  return audit_ == nullptr || kept(audit_->decided({.event = event,
                                                    .decision = decision,
                                                    .action = audit_action(what.action),
                                                    .changes = can_change(event.message, state)}));
}

bool SessionAuditor::unreadable(const AuditedLineView& line) {
  return audit_ == nullptr || kept(audit_->unreadable(line));
}

void SessionAuditor::reloaded(const AuditedEngine& engine) {
  if (audit_ != nullptr) {
    static_cast<void>(kept(audit_->reloaded(engine)));  // decisions name their policy's effects
  }
}

void SessionAuditor::policy_kept(const std::string& why) {
  if (audit_ != nullptr) {
    static_cast<void>(kept(audit_->policy_kept(why)));
  }
}

void SessionAuditor::ended(const AuditedEnd& end) {
  if (audit_ != nullptr) {
    static_cast<void>(kept(audit_->end(end)));
    audit_.reset();
  }
}

std::optional<SessionAuditor::Refusal> SessionAuditor::refusal(const Event& event) {
  const Message& message = event.message;
  if (event.origin == EventOrigin::kProxy || message.id_key().empty()) {
    return std::nullopt;
  }
  // Of a request its sender waits, of an answer its receiver.
  const Direction to =
      message.kind == MessageKind::kRequest ? opposite(message.direction) : message.direction;
  return Refusal{.to = to, .bytes = not_recorded_answer(id_of_key(message.id_key()))};
}

}  // namespace merlon
