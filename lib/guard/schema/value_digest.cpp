#include "guard/schema/value_digest.h"

#include <algorithm>
#include <vector>

#include "guard/schema/decimal.h"

namespace merlon {
namespace {

void append_digest(std::string& out, const Sha256& digest) {
  for (const std::uint8_t byte : digest) {
    out.push_back(static_cast<char>(byte));
  }
}

std::string leaf_text(const Document& document, NodeId node) {
  switch (document.kind(node)) {
    case NodeKind::kNull: return "n";
    case NodeKind::kBool: return "b" + std::string(document.raw(node));
    case NodeKind::kNumber: {
      const Decimal value = parse_decimal(document.raw(node));
      return (value.negative ? "d-" : "d+") + value.digits + "e" + std::to_string(value.exponent);
    }
    case NodeKind::kString:
    case NodeKind::kKey: return "s" + document.text(node);
    case NodeKind::kArray:
    case NodeKind::kObject: break;
  }
  return {};
}

}  // namespace

Sha256 value_digest(const Document& document, NodeId node) {
  const NodeId end = document.node(node).next;
  std::vector<Sha256> digests(end - node);
  // Children stand behind their container, so the way back meets them first.
  for (NodeId at = end; at-- > node;) {
    std::string text;
    if (document.is(at, NodeKind::kArray)) {
      text = "a";
      for (const NodeId element : document.elements(at)) {
        append_digest(text, digests[element - node]);
      }
    } else if (document.is(at, NodeKind::kObject)) {
      std::vector<std::string> parts;
      for (const auto& [key, value] : document.members(at)) {
        append_digest(parts.emplace_back(), digests[key - node]);
        append_digest(parts.back(), digests[value - node]);
      }
      std::ranges::sort(parts);
      text = "o";
      for (const std::string& part : parts) {
        text += part;
      }
    } else {
      text = leaf_text(document, at);
    }
    digests[at - node] = sha256(text);
  }
  return digests.front();
}

}  // namespace merlon
