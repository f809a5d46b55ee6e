#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// An agent of Amazon Q or Kiro: servers, what it may call unasked, and hooks.
int recognise_amazon_q_agent(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  const NodeId root = document.root();
  const bool agent = document.find(root, "allowedTools") || document.find(root, "toolsSettings") ||
                     document.find(root, "useLegacyMcpJson") || document.find(root, "toolAliases");
  return agent && (servers || document.find(root, "prompt")) ? 78 : 0;
}

Status read_amazon_q_agent(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
