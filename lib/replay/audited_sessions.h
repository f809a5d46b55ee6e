#pragma once
/// The sessions of an audit log: what was decided then. A log holds digests of messages and no
/// messages, so nothing is decided again, and each session says so.
///
///   MERLON_TRY(const AuditReport report, verify_audit_log(view, trust));   // first
///   for (SessionReplay& session : read_audited_sessions(view, report, path, shown)) { ... }
///
/// Pure; memory is that of the messages that are shown.
#include <string>
#include <string_view>
#include <vector>

#include "audit/audit_report.h"
#include "audit/audit_verifier.h"
#include "replay/replayer.h"

namespace merlon {

inline constexpr std::string_view kAuditLogFormat = "audit-log";

/// In the order in which the sessions began. Records that cannot be read are errors of the first
/// one. A log without a session is one session without decisions.
[[nodiscard]] std::vector<SessionReplay> read_audited_sessions(const AuditLogView& log,
                                                               const AuditReport& report,
                                                               const std::string& path,
                                                               ShownMessages shown);

}  // namespace merlon
