#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// Cline, Roo Code and Kilo Code: tools that run without asking.
int recognise_cline_mcp(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  return any_entry_has(document, servers, "alwaysAllow") ? 64 : 0;
}

Status read_cline_mcp(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
