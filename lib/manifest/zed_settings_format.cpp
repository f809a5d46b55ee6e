#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// settings.json of Zed.
int recognise_zed_settings(const Document& document) {
  return document.find(document.root(), "context_servers") ? 82 : 0;
}

Status read_zed_settings(Manifest& manifest) {
  return read_client_config(manifest, {"context_servers"});
}

}  // namespace merlon
