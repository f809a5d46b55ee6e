#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/labels.h"
#include "manifest/launch_reader.h"

namespace merlon {

// ~/.claude.json: servers of the user and, by folder, of each project.
int recognise_claude_code_config(const Document& document) {
  const auto projects = document.find(document.root(), "projects");
  if (!any_entry_has(document, projects, "mcpServers") &&
      !any_entry_has(document, projects, "allowedTools")) {
    return 0;
  }
  return 84;
}

Status read_claude_code_config(Manifest& manifest) {
  MERLON_CHECK(read_client_config(manifest, {"mcpServers"}));
  Document& document = manifest.document;
  const auto projects = document.find(document.root(), "projects");
  if (!projects) {
    return {};
  }
  for (const auto& [path, project] : document.members(*projects)) {
    label(document, path, Surface::kPath);
    read_server_map(manifest, document.find(project, "mcpServers"));
    label_all(document, document.find(project, "allowedTools"), Surface::kPermission);
  }
  return {};
}

}  // namespace merlon
