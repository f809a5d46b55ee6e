#include "audit/audit_report.h"

namespace merlon {

std::string_view to_string(AuditVerdict verdict) {
  switch (verdict) {
    case AuditVerdict::kSealed: return "SEALED";
    case AuditVerdict::kOpen: return "OPEN";
    case AuditVerdict::kTampered: return "TAMPERED";
    case AuditVerdict::kTruncated: return "TRUNCATED";
    case AuditVerdict::kForked: return "FORKED";
    case AuditVerdict::kStale: return "STALE";
    case AuditVerdict::kTorn: return "TORN";
  }
  return "unknown";
}

std::string_view to_string(AuditAttack attack) {
  switch (attack) {
    case AuditAttack::kNone: return "";
    case AuditAttack::kEdit: return "EDIT";
    case AuditAttack::kDelete: return "DELETE";
    case AuditAttack::kReorder: return "REORDER";
    case AuditAttack::kInsert: return "INSERT";
    case AuditAttack::kSplice: return "SPLICE";
    case AuditAttack::kTruncate: return "TRUNCATE";
    case AuditAttack::kFork: return "FORK";
    case AuditAttack::kReplace: return "REPLACE";
    case AuditAttack::kKeyAfter: return "KEY-AFTER";
    case AuditAttack::kBackdate: return "BACKDATE";
  }
  return "unknown";
}

std::string_view to_string(AuditKeySource source) {
  switch (source) {
    case AuditKeySource::kNobody: return "none";
    case AuditKeySource::kGiven: return "given";
    case AuditKeySource::kPolicy: return "policy";
    case AuditKeySource::kPinned: return "pinned";
  }
  return "unknown";
}

}  // namespace merlon
