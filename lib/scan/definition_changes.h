#pragma once
/// What of a manifest is the same as in an earlier state of its file, for `--since` and `--diff`.
#include <span>
#include <vector>

#include "model/manifest.h"
#include "scan/subtree_index.h"

namespace merlon {

/// Looks at items (tools, prompts, resources, skills), servers, and members of the root; each
/// counts as unchanged when the earlier state has one of the same kind, server and name with the
/// same content. White space and escapes do not matter, the order of keys does. Immutable once
/// made.
class UnchangedParts {
 public:
  /// Nothing is unchanged.
  UnchangedParts() = default;
  UnchangedParts(const Manifest& now, std::span<const Manifest> before);

  /// Whether the innermost item, else server, else member of the root that holds `node` is
  /// unchanged.
  [[nodiscard]] bool holds(NodeId node) const;

 private:
  SubtreeIndex items_;
  SubtreeIndex servers_;
  SubtreeIndex members_;
  std::vector<bool> item_same_;
  std::vector<bool> server_same_;
  std::vector<bool> member_same_;
};

}  // namespace merlon
