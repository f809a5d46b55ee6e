#include "scan/definition_changes.h"

#include <cstring>
#include <set>
#include <string>

#include "base/digest/digest.h"

namespace merlon {
namespace {

void add_number(Sha256Stream& stream, std::uint64_t number) {
  std::array<char, sizeof number> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  stream.update({bytes.data(), bytes.size()});
}

void add_text(Sha256Stream& stream, std::string_view text) {
  add_number(stream, text.size());
  stream.update(text);
}

/// A subtree as kinds, sizes and decoded texts: the same for the same content, however it is
/// written.
void add_subtree(Sha256Stream& stream, const Document& document, NodeId root) {
  std::string scratch;
  const NodeId end = document.node(root).next;
  for (NodeId id = root; id < end; ++id) {
    const Node& node = document.node(id);
    add_number(stream, static_cast<std::uint64_t>(node.kind));
    if (node.kind == NodeKind::kArray || node.kind == NodeKind::kObject) {
      add_number(stream, node.next - id);
    } else {
      add_text(stream, document.text(id, scratch));
    }
  }
}

void add_node_text(Sha256Stream& stream, const Document& document, NodeId id) {
  std::string scratch;
  add_text(stream, id == kNoNode ? std::string_view() : document.text(id, scratch));
}

/// Digests of all parts of one manifest: what they are called and what they hold.
struct Parts {
  std::vector<NodeId> item_roots;
  std::vector<NodeId> server_roots;
  std::vector<NodeId> member_roots;
  std::vector<Sha256> items;
  std::vector<Sha256> servers;
  std::vector<Sha256> members;
};

Parts parts_of(const Manifest& manifest) {
  const Document& document = manifest.document;
  Sha256Stream stream;
  Parts out;
  for (const Item& item : manifest.items) {
    add_text(stream, to_string(item.kind));
    add_text(stream, item.server < manifest.servers.size() ? manifest.servers[item.server].name
                                                           : std::string_view());
    add_node_text(stream, document, item.name);
    if (item.node != kNoNode) {
      add_subtree(stream, document, item.node);
    }
    out.item_roots.push_back(item.node);
    out.items.push_back(stream.finish());
  }
  for (const Server& server : manifest.servers) {
    add_text(stream, server.name);
    if (server.node != kNoNode) {
      add_subtree(stream, document, server.node);
    }
    out.server_roots.push_back(server.node);
    out.servers.push_back(stream.finish());
  }
  if (document.empty()) {
    return out;
  }
  for (const auto& [key, value] : document.members(document.root())) {
    add_subtree(stream, document, key);
    out.member_roots.push_back(key);
    out.members.push_back(stream.finish());
  }
  return out;
}

std::vector<bool> which_are_in(const std::vector<Sha256>& now, const std::set<Sha256>& before) {
  std::vector<bool> out;
  out.reserve(now.size());
  for (const Sha256& digest : now) {
    out.push_back(before.contains(digest));
  }
  return out;
}

}  // namespace

UnchangedParts::UnchangedParts(const Manifest& now, std::span<const Manifest> before) {
  std::set<Sha256> items;
  std::set<Sha256> servers;
  std::set<Sha256> members;
  for (const Manifest& manifest : before) {
    const Parts parts = parts_of(manifest);
    items.insert(parts.items.begin(), parts.items.end());
    servers.insert(parts.servers.begin(), parts.servers.end());
    members.insert(parts.members.begin(), parts.members.end());
  }
  const Parts parts = parts_of(now);
  items_ = SubtreeIndex(now.document, parts.item_roots);
  servers_ = SubtreeIndex(now.document, parts.server_roots);
  members_ = SubtreeIndex(now.document, parts.member_roots);
  item_same_ = which_are_in(parts.items, items);
  server_same_ = which_are_in(parts.servers, servers);
  member_same_ = which_are_in(parts.members, members);
}

bool UnchangedParts::holds(NodeId node) const {
  if (const auto item = items_.innermost(node)) {
    return item_same_[*item];
  }
  if (const auto server = servers_.innermost(node)) {
    return server_same_[*server];
  }
  const auto member = members_.innermost(node);
  return member && member_same_[*member];
}

}  // namespace merlon
