#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// Kiro: tools that run without asking, and powers.
int recognise_kiro_mcp(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  if (document.find(document.root(), "powers") && servers) {
    return 70;
  }
  return any_entry_has(document, servers, "autoApprove") ? 63 : 0;
}

Status read_kiro_mcp(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
