#pragma once
/// A sound log against every attack that can be made on its bytes: what `audit-verify
/// --self-attack` shows. In memory; nothing is written.
#include <cstdint>
#include <string>
#include <vector>

#include "audit/audit_verifier.h"

namespace merlon {

/// One kind of attack, made at many places.
struct AttackRow {
  std::string attack;
  std::string needs;  ///< what the verifier was given beside the pinned key; empty: nothing
  std::uint64_t made{0};
  std::uint64_t detected{0};  ///< not sealed, not open
  std::uint64_t named{0};     ///< with the right class
  std::uint64_t located{0};   ///< the first bad record is the right one
};

struct AttackTable {
  std::vector<AttackRow> rows;
  std::uint64_t records{0};
  std::uint64_t places{0};  ///< records at which each attack was made
};

/// `kFormat` when the log is not sealed and sound.
[[nodiscard]] Result<AttackTable> attack_audit_log(const AuditLogView& log,
                                                   const AuditTrust& trust);

}  // namespace merlon
