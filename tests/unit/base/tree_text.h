#pragma once
/// A Document as text, one node a line: what a reader's test compares whole.
#include <string>

#include "base/document.h"

namespace merlon::test {

/// `pointer kind line:column-line:column "decoded text" flags`, children after their parents.
[[nodiscard]] inline std::string tree_text(const Document& document) {
  constexpr const char* kKinds[] = {"null", "bool", "number", "string", "array", "object", "key"};
  std::string out;
  for (NodeId id = 0; id < document.size(); ++id) {
    const Node& node = document.node(id);
    const Location where = document.locate(id);
    out += document.pointer(id) + " " + kKinds[static_cast<std::size_t>(node.kind)] + " " +
           std::to_string(where.line) + ":" + std::to_string(where.column) + "-" +
           std::to_string(where.end_line) + ":" + std::to_string(where.end_column);
    if (node.kind != NodeKind::kArray && node.kind != NodeKind::kObject) {
      out += " \"" + document.text(id) + "\"";
    }
    if ((node.flags & kNodeEscaped) != 0) {
      out += " escaped";
    }
    if ((node.flags & kNodeStored) != 0) {
      out += " stored";
    }
    if ((node.flags & kNodeDuplicate) != 0) {
      out += " duplicate";
    }
    out += "\n";
  }
  return out;
}

/// Every tape must hold: children lie within their parent's subtree, `next` moves on, keys have
/// exactly one value.
[[nodiscard]] inline std::string check_tape(const Document& document) {
  for (NodeId id = 0; id < document.size(); ++id) {
    const Node& node = document.node(id);
    const std::string name = "node " + std::to_string(id);
    if (node.next <= id || node.next > document.size()) {
      return name + ": next";
    }
    if (node.begin > node.end || node.end > document.source().bytes().size()) {
      return name + ": bytes";
    }
    if (id == 0) {
      continue;
    }
    if (node.parent >= id || node.next > document.node(node.parent).next) {
      return name + ": parent";
    }
    if (node.kind == NodeKind::kKey && !document.is(node.parent, NodeKind::kObject)) {
      return name + ": key";
    }
    if (document.is(node.parent, NodeKind::kKey) && node.parent != id - 1) {
      return name + ": value";
    }
    if (node.kind == NodeKind::kKey &&
        (node.next == id + 1 || document.node(id + 1).next != node.next)) {
      return name + ": member";
    }
  }
  return "";
}

}  // namespace merlon::test
