#include "rules/check_support.h"

#include "base/text.h"

namespace merlon {

std::string in_ticks(std::string_view name) {
  return "`" + escape_for_display(shorten(name, 60)) + "`";
}

bool is_text_node(const Document& document, NodeId node) {
  const NodeKind kind = document.kind(node);
  return kind == NodeKind::kString || kind == NodeKind::kKey;
}

bool is_plain_ascii(const Document& document, NodeId node) {
  const std::string_view raw = document.raw(node);
  if (!is_ascii(raw)) {
    return false;
  }
  return (document.node(node).flags & (kNodeEscaped | kNodeStored)) == 0 ||
         raw.find('\\') == std::string_view::npos;
}

std::string text_or_empty(const Document& document, NodeId node) {
  if (node == kNoNode || !is_text_node(document, node)) {
    return {};
  }
  return document.text(node);
}

std::string server_label(const Manifest& manifest, std::uint32_t server) {
  if (server >= manifest.servers.size() || manifest.servers[server].name.empty()) {
    return "the server";
  }
  return in_ticks(manifest.servers[server].name);
}

}  // namespace merlon
