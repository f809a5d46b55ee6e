#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// mcp.json of VS Code: `servers`, and `inputs` that are asked for.
int recognise_vscode_mcp(const Document& document) {
  const auto servers = document.find(document.root(), "servers");
  if (!servers || !document.is(*servers, NodeKind::kObject)) {
    return 0;
  }
  if (document.find(document.root(), "inputs")) {
    return 80;
  }
  const bool known =
      any_entry_has(document, servers, "command") || any_entry_has(document, servers, "url");
  return known ? 62 : 0;
}

Status read_vscode_mcp(Manifest& manifest) {
  return read_client_config(manifest, {"servers"});
}

}  // namespace merlon
