#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// `.mcp.json` of Claude Code: remote servers with `type`, a command that makes headers.
int recognise_claude_code_mcp(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  if (any_entry_has(document, servers, "headersHelper")) {
    return 66;
  }
  return any_entry_has(document, servers, "oauth") ? 58 : 0;
}

Status read_claude_code_mcp(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
