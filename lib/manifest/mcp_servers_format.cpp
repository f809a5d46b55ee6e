#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// The common form: Claude Desktop, Cursor, LM Studio, Junie, Copilot CLI, Trae, Kimi and many more.
int recognise_mcp_servers(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  return servers ? 50 : 0;
}

Status read_mcp_servers(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
