#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// Windsurf and Antigravity: `serverUrl`, `disabledTools`.
int recognise_windsurf_mcp(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  const bool known = any_entry_has(document, servers, "serverUrl") ||
                     any_entry_has(document, servers, "disabledTools");
  return known ? 62 : 0;
}

Status read_windsurf_mcp(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
