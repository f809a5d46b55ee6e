#include "model/manifest.h"

#include <algorithm>

namespace merlon {

std::string_view to_string(ItemKind kind) {
  switch (kind) {
    case ItemKind::kTool: return "tool";
    case ItemKind::kPrompt: return "prompt";
    case ItemKind::kResource: return "resource";
    case ItemKind::kResourceTemplate: return "resource-template";
    case ItemKind::kSkill: return "skill";
  }
  return "tool";
}

bool Manifest::is_repeated(NodeId node) const {
  const auto after = std::upper_bound(repeated.begin(), repeated.end(), node);
  return node != kNoNode && after != repeated.begin() && node < document.node(*(after - 1)).next;
}

const Item* Manifest::item_at(NodeId node) const {
  // Items are sorted by node and do not overlap but for nesting, so the last one that starts at or
  // before `node` and reaches past it is the innermost.
  auto after = std::upper_bound(items.begin(), items.end(), node,
                                [](NodeId id, const Item& item) { return id < item.node; });
  while (after != items.begin()) {
    --after;
    if (node < document.node(after->node).next) {
      return &*after;
    }
    // Not nested: an earlier item that ends before this one starts cannot hold the node either.
    const NodeId parent = document.node(after->node).parent;
    if (parent == kNoNode || node >= document.node(parent).next) {
      return nullptr;
    }
    if (document.node(parent).kind == NodeKind::kArray) {
      return nullptr;
    }
  }
  return nullptr;
}

const Server* Manifest::server_at(NodeId node) const {
  const Server* best = nullptr;
  for (const Server& server : servers) {
    if (server.node == kNoNode || node < server.node || node >= document.node(server.node).next) {
      continue;
    }
    if (best == nullptr || server.node > best->node) {
      best = &server;
    }
  }
  if (best != nullptr) {
    return best;
  }
  const Item* item = item_at(node);
  return item != nullptr && item->server < servers.size() ? &servers[item->server] : nullptr;
}

}  // namespace merlon
