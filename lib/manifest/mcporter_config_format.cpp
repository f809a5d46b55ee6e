#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// mcporter: `baseUrl`, bearer tokens, imports of other clients.
int recognise_mcporter_config(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  if (!servers) {
    return 0;
  }
  const bool known = document.find(document.root(), "imports") ||
                     any_entry_has(document, servers, "baseUrl") ||
                     any_entry_has(document, servers, "bearerTokenEnv") ||
                     any_entry_has(document, servers, "bearerToken");
  return known ? 66 : 0;
}

Status read_mcporter_config(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
