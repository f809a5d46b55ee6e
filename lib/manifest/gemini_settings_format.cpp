#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// Gemini CLI: settings.json and gemini-extension.json.
int recognise_gemini_settings(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  const NodeId root = document.root();
  // An extension has a name and a version, too, as plugins do.
  if (document.find(root, "contextFileName") && servers) {
    return 76;
  }
  if (document.find(document.find(root, "mcp"), "serverCommand")) {
    return 72;
  }
  if (any_entry_has(document, servers, "httpUrl") || any_entry_has(document, servers, "trust") ||
      any_entry_has(document, servers, "includeTools")) {
    return 68;
  }
  const bool keys = document.find(root, "selectedAuthType") ||
                    document.find(document.find(root, "mcp"), "allowed");
  return keys ? 66 : 0;
}

Status read_gemini_settings(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
