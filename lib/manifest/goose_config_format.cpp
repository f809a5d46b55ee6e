#include "manifest/client_config.h"
#include "manifest/formats.h"
#include "manifest/launch_reader.h"

namespace merlon {

// config.yaml of Goose: its extensions.
int recognise_goose_config(const Document& document) {
  const auto extensions = document.find(document.root(), "extensions");
  const bool known = any_entry_has(document, extensions, "cmd") ||
                     any_entry_has(document, extensions, "uri") ||
                     any_entry_has(document, extensions, "bundled");
  return known ? 80 : 0;
}

Status read_goose_config(Manifest& manifest) {
  return read_client_config(manifest, {"extensions"});
}

}  // namespace merlon
