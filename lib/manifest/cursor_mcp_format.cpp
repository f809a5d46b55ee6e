#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// Cursor: the common form, and files of variables.
int recognise_cursor_mcp(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  return any_entry_has(document, servers, "envFile") ? 60 : 0;
}

Status read_cursor_mcp(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
