#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// devcontainer.json: servers among the customizations for VS Code.
int recognise_devcontainer(const Document& document) {
  const auto vscode = document.find(document.find(document.root(), "customizations"), "vscode");
  return document.find(vscode, "mcp") ? 82 : 0;
}

Status read_devcontainer(Manifest& manifest) {
  return read_client_config(manifest, {"customizations", "vscode", "mcp", "servers"});
}

}  // namespace merlon
