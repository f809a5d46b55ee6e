#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// config.yaml of Continue and the blocks it includes: a list of servers.
int recognise_continue_config(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  return servers && document.is(*servers, NodeKind::kArray) ? 76 : 0;
}

Status read_continue_config(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
