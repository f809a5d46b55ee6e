#include <string>
#include <string_view>

#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"

namespace merlon {

// plugin.json of an agent plugin: what it brings along, servers and hooks among it.
int recognise_agent_plugin(const Document& document) {
  const NodeId root = document.root();
  const std::string schema = document.string_or(document.find(root, "$schema"), "");
  if (schema.find("agent-plugins") != std::string::npos &&
      schema.find("plugin.") != std::string::npos) {
    return 92;
  }
  if (schema.find("plugin-manifest") != std::string::npos) {
    return 92;
  }
  if (!document.find(root, "name", NodeKind::kString) || document.find(root, "server") ||
      document.find(root, "manifest_version")) {
    return 0;
  }
  const bool parts = document.find(root, "mcpServers") || document.find(root, "hooks") ||
                     document.find(root, "commands") || document.find(root, "agents") ||
                     document.find(root, "skills") || document.find(root, "lspServers") ||
                     document.find(root, "outputStyles");
  const bool plugin = document.find(root, "version") || document.find(root, "author") ||
                      document.find(root, "description");
  // An agent of Amazon Q has servers and hooks as well, and a row of its own.
  return parts && plugin ? 73 : 0;
}

Status read_agent_plugin(Manifest& manifest) {
  MERLON_CHECK(read_client_config(manifest, {"mcpServers"}));
  Document& document = manifest.document;
  const NodeId root = document.root();
  label_strings(document, document.find(root, "name"), Surface::kServerName);
  label_strings(document, document.find(root, "description"), Surface::kServerDescription);
  label_strings(document, document.find(root, "version"), Surface::kVersion);
  for (const std::string_view key : {"homepage", "repository"}) {
    label_strings(document, document.find(root, key), Surface::kUrl);
  }
  for (const std::string_view key : {"commands", "agents", "skills", "outputStyles"}) {
    label_strings(document, document.find(root, key), Surface::kPath);
  }
  // Instead of an object there may be the path of a file with it.
  for (const std::string_view key : {"mcpServers", "hooks"}) {
    const auto part = document.find(root, key);
    if (part && document.is(*part, NodeKind::kString)) {
      label(document, part, Surface::kPath);
    }
  }
  return {};
}

}  // namespace merlon
