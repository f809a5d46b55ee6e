#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// settings.json of VS Code: `mcp.servers`, as one key or two.
int recognise_vscode_settings(const Document& document) {
  const NodeId root = document.root();
  if (document.find(root, "mcp.servers")) {
    return 78;
  }
  return document.find(document.find(root, "mcp"), "servers") ? 78 : 0;
}

Status read_vscode_settings(Manifest& manifest) {
  return read_client_config(manifest, {"mcp", "servers"});
}

}  // namespace merlon
