#include "scan/subtree_index.h"

#include <algorithm>
#include <limits>

namespace merlon {
namespace {
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
}  // namespace

SubtreeIndex::SubtreeIndex(const Document& document, const std::vector<NodeId>& roots) {
  for (std::uint32_t i = 0; i < roots.size(); ++i) {
    if (roots[i] != kNoNode) {
      spans_.push_back({roots[i], document.node(roots[i]).next, i, kNone});
    }
  }
  std::sort(spans_.begin(), spans_.end(), [](const Span& a, const Span& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.subtree < b.subtree;
  });
  // Subtrees of one tree are nested or apart, so a stack of the open ones gives each its outer one.
  std::vector<std::uint32_t> open;
  for (std::uint32_t at = 0; at < spans_.size(); ++at) {
    while (!open.empty() && spans_[open.back()].end <= spans_[at].begin) {
      open.pop_back();
    }
    spans_[at].outer = open.empty() ? kNone : open.back();
    open.push_back(at);
  }
}

std::optional<std::uint32_t> SubtreeIndex::innermost(NodeId node) const {
  const auto after =
      std::upper_bound(spans_.begin(), spans_.end(), node,
                       [](NodeId wanted, const Span& span) { return wanted < span.begin; });
  if (after == spans_.begin()) {
    return std::nullopt;
  }
  auto at = static_cast<std::uint32_t>(after - spans_.begin() - 1);
  while (at != kNone && node >= spans_[at].end) {
    at = spans_[at].outer;
  }
  return at == kNone ? std::nullopt : std::optional(spans_[at].subtree);
}

}  // namespace merlon
