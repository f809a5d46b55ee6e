#pragma once
/// Soft signals of one definition, added up.
#include <vector>

#include "model/manifest.h"
#include "scan/rule_table.h"
#include "scan/scan_hit.h"
#include "scan/subtree_index.h"

namespace merlon {

/// Which item, server or (for the rest) file each node belongs to.
class ManifestIndex {
 public:
  explicit ManifestIndex(const Manifest& manifest);
  /// The item that holds `node` or is named by it; null for none.
  [[nodiscard]] const Item* item_at(NodeId node) const;
  [[nodiscard]] const Server* server_at(NodeId node) const;

 private:
  const Manifest& manifest_;
  SubtreeIndex items_;
  SubtreeIndex names_;
  SubtreeIndex servers_;
};

/// Adds up the scores of the distinct soft rules that hit in one item, server or file, and appends
/// a hit of `suspicious-definition` with its signals where the sum reaches the threshold. Soft hits
/// below stay what they are; `counted[i]` tells whether hit i took part in such a sum.
[[nodiscard]] std::vector<bool> add_score_hits(const Manifest& manifest, const ManifestIndex& index,
                                               const RuleTable& rules, int threshold,
                                               std::vector<ScanHit>& hits);

}  // namespace merlon
