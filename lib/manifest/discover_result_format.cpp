#include <algorithm>

#include "manifest/formats.h"
#include "manifest/surface_reader.h"

namespace merlon {

// The answer to `server/discover` of the stateless revisions.
int recognise_discover_result(const Document& document) {
  int best = 0;
  for (const ResultPart& part : result_parts(document, kPartsLookedAt)) {
    if (document.find(part.body, "supportedVersions") && document.find(part.body, "capabilities")) {
      best = std::max(best, 75);
    }
  }
  return best;
}

Status read_discover_result(Manifest& manifest) {
  read_results(manifest);
  return {};
}

}  // namespace merlon
