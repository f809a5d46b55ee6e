#include <string>

#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {

// What is unsafe was found out by the reader of the zip, which reads none of these entries; here it
// becomes a finding, so that a bundle that attacks the one who unpacks it does not only count as
// not fully looked at.
void check_bundle_entries(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    if (manifest.format != "bundle-entries" || manifest.document.empty()) {
      continue;
    }
    const Document& document = manifest.document;
    const auto entries = document.find(document.root(), "entries", NodeKind::kArray);
    if (!entries) {
      continue;
    }
    for (const NodeId entry : document.elements(*entries)) {
      const auto name = document.find(entry, "name", NodeKind::kString);
      if (!name || !document.is_true(document.find(entry, "unsafe"))) {
        continue;
      }
      const std::string why = document.string_or(document.find(entry, "problem"), "");
      sink.report({.rule_id = "bundle-entry-unsafe",
                   .manifest = index,
                   .node = *name,
                   .message = "the entry " + in_ticks(document.text(*name)) +
                              " is not safe to unpack" + (why.empty() ? "" : ": " + why)});
    }
  }
}

}  // namespace merlon
