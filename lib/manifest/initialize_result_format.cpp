#include <algorithm>

#include "manifest/formats.h"
#include "manifest/surface_reader.h"

namespace merlon {

// The answer to `initialize`, with `serverInfo` and, perhaps, `instructions`.
int recognise_initialize_result(const Document& document) {
  int best = 0;
  for (const ResultPart& part : result_parts(document, kPartsLookedAt)) {
    const bool info = document.find(part.body, "serverInfo").has_value();
    if (document.find(part.body, "protocolVersion") &&
        (info || document.find(part.body, "capabilities"))) {
      best = std::max(best, info ? 75 : 65);
    }
  }
  return best;
}

Status read_initialize_result(Manifest& manifest) {
  read_results(manifest);
  return {};
}

}  // namespace merlon
