#include <string>

#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// mcp.json of an agent plugin: it names its schema.
int recognise_agent_plugin_mcp(const Document& document) {
  const auto servers = document.find(document.root(), "mcpServers");
  const std::string schema = document.string_or(document.find(document.root(), "$schema"), "");
  return servers && schema.find("agent-plugins") != std::string::npos ? 90 : 0;
}

Status read_agent_plugin_mcp(Manifest& manifest) {
  return read_client_config(manifest, {"mcpServers"});
}

}  // namespace merlon
