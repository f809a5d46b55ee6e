#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// *.code-workspace of VS Code: settings inside.
int recognise_vscode_workspace(const Document& document) {
  const auto settings = document.find(document.root(), "settings");
  const bool servers = document.find(settings, "mcp.servers") ||
                       document.find(document.find(settings, "mcp"), "servers");
  return servers ? 79 : 0;
}

Status read_vscode_workspace(Manifest& manifest) {
  return read_client_config(manifest, {"settings", "mcp", "servers"});
}

}  // namespace merlon
