#include "manifest/formats.h"
#include "manifest/labels.h"

namespace merlon {

// A listing that the reader of bundles makes: what else is in the zip, and what is wrong with it.
int recognise_bundle_entries(const Document& document) {
  return document.find(document.root(), "merlon_bundle") &&
                 document.find(document.root(), "entries", NodeKind::kArray)
             ? 100
             : 0;
}

Status read_bundle_entries(Manifest& manifest) {
  Document& document = manifest.document;
  const auto entries = document.find(document.root(), "entries", NodeKind::kArray);
  if (!entries) {
    return format_error(document, document.root(), "a listing needs `entries`");
  }
  for (const NodeId entry : document.elements(*entries)) {
    label_strings(document, document.find(entry, "name"), Surface::kPath);
    label_strings(document, document.find(entry, "problem"), Surface::kSetting);
  }
  return {};
}

}  // namespace merlon
