#include <algorithm>

#include "manifest/formats.h"
#include "manifest/surface_reader.h"

namespace merlon {

// `resources/templates/list`.
int recognise_resource_templates_list(const Document& document) {
  int best = 0;
  for (const ResultPart& part : result_parts(document, kPartsLookedAt)) {
    if (is_list_of(document, document.find(part.body, "resourceTemplates"), {"uriTemplate"},
                   true)) {
      best = std::max(best, 60);
    }
  }
  return best;
}

Status read_resource_templates_list(Manifest& manifest) {
  read_results(manifest);
  return {};
}

}  // namespace merlon
