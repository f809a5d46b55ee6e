#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// settings.json of Amp.
int recognise_amp_settings(const Document& document) {
  return document.find(document.root(), "amp.mcpServers") ? 82 : 0;
}

Status read_amp_settings(Manifest& manifest) {
  return read_client_config(manifest, {"amp.mcpServers"});
}

}  // namespace merlon
