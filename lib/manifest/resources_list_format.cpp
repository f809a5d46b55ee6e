#include <algorithm>

#include "manifest/formats.h"
#include "manifest/surface_reader.h"

namespace merlon {

// `resources/list`.
int recognise_resources_list(const Document& document) {
  int best = 0;
  for (const ResultPart& part : result_parts(document, kPartsLookedAt)) {
    if (is_list_of(document, document.find(part.body, "resources"), {"uri"}, false)) {
      best = std::max(best, 60);
    }
  }
  return best;
}

Status read_resources_list(Manifest& manifest) {
  read_results(manifest);
  return {};
}

}  // namespace merlon
