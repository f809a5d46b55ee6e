#pragma once
/// Which record was changed, and how, when a log's records do not lead to its signed root.
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "audit/audit_verifier.h"

namespace merlon {

struct AuditDiagnosis {
  AuditAttack attack{AuditAttack::kEdit};
  std::optional<std::uint64_t> first_bad;
  std::optional<std::uint64_t> last_bad;
};

/// Leaf hashes from the log's own tiles, when they lead to the root; else nothing.
[[nodiscard]] std::optional<std::vector<Sha256>> leaves_of_tiles(const AuditLogView& log,
                                                                 const TreeHead& head);

/// `signed_head` is covered by a good signature and the tree does not lead to it.
[[nodiscard]] AuditDiagnosis diagnose(const AuditLogView& log, const AuditTree& tree,
                                      const TreeHead& signed_head);

}  // namespace merlon
