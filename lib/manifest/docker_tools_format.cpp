#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/surface_reader.h"

namespace merlon {

// tools.json of Docker's MCP registry: a bare array, often empty, whose tools have `arguments`.
int recognise_docker_tools(const Document& document) {
  const NodeId root = document.root();
  if (!document.is(root, NodeKind::kArray) || (document.node(root).flags & kNodeLines) != 0) {
    return 0;
  }
  if (document.size() == 1) {
    return 10;
  }
  return is_list_of(document, root, {"name", "arguments"}, false) ? 74 : 0;
}

Status read_docker_tools(Manifest& manifest) {
  const NodeId root = manifest.document.root();
  if (!manifest.document.is(root, NodeKind::kArray)) {
    return format_error(manifest.document, root, "expected a list of tools");
  }
  read_tools(manifest, root, kNoServer);
  return {};
}

}  // namespace merlon
