#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// config.toml of Codex, and of Mistral Vibe.
int recognise_codex_config(const Document& document) {
  return document.find(document.root(), "mcp_servers") ? 82 : 0;
}

Status read_codex_config(Manifest& manifest) {
  return read_client_config(manifest, {"mcp_servers"});
}

}  // namespace merlon
