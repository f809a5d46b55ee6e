#include <string>

#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// opencode.json: commands are lists, the environment is `environment`.
int recognise_opencode_config(const Document& document) {
  const auto servers = document.find(document.root(), "mcp");
  const std::string schema = document.string_or(document.find(document.root(), "$schema"), "");
  if (schema.find("opencode") != std::string::npos) {
    return 84;
  }
  const bool known =
      any_entry_has(document, servers, "environment") ||
      (any_entry_has(document, servers, "type") &&
       (any_entry_has(document, servers, "command") || any_entry_has(document, servers, "url")));
  return known ? 80 : 0;
}

Status read_opencode_config(Manifest& manifest) {
  return read_client_config(manifest, {"mcp"});
}

}  // namespace merlon
