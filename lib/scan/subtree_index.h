#pragma once
/// Which of many subtrees of a document (items, servers) holds a node, in logarithmic time however
/// many there are.
#include <cstdint>
#include <optional>
#include <vector>

#include "base/document.h"

namespace merlon {

/// Immutable once made.
class SubtreeIndex {
 public:
  SubtreeIndex() = default;
  /// `roots[i]` is the root of subtree i; kNoNode holds nothing.
  SubtreeIndex(const Document& document, const std::vector<NodeId>& roots);

  /// The innermost subtree that holds `node`.
  [[nodiscard]] std::optional<std::uint32_t> innermost(NodeId node) const;

 private:
  struct Span {
    NodeId begin;
    NodeId end;
    std::uint32_t subtree;
    std::uint32_t outer;  ///< position in spans_ of the span around this one
  };
  std::vector<Span> spans_;  ///< sorted by begin, outer before inner
};

}  // namespace merlon
