#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"

namespace merlon {

// `.mcp.json` of a plugin without the `mcpServers` around its entries.
int recognise_flat_mcp(const Document& document) {
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kObject) || document.size() < 2) {
    return 0;
  }
  int looked_at = 0;
  for (NodeId key = root + 1; key < document.node(root).next && looked_at < 20;
       key = document.node(key).next, ++looked_at) {
    // `command` alone is not enough: task runners have entries like that.
    const NodeId value = key + 1;
    const bool known = document.find(value, "args") || document.find(value, "env") ||
                       document.find(value, "type") || document.find(value, "headers");
    if (!is_server_entry(document, value) || !known) {
      return 0;
    }
  }
  return 40;
}

Status read_flat_mcp(Manifest& manifest) {
  if (!manifest.document.is(manifest.document.root(), NodeKind::kObject)) {
    return format_error(manifest.document, manifest.document.root(),
                        "expected an object of servers");
  }
  read_server_map(manifest, manifest.document.root());
  return {};
}

}  // namespace merlon
