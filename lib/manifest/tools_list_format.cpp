#include <algorithm>

#include "manifest/formats.h"
#include "manifest/surface_reader.h"

namespace merlon {

// `tools/list`: the result, the response around it, a bare array, or one of them a line.
int recognise_tools_list(const Document& document) {
  int best = 0;
  for (const ResultPart& part : result_parts(document, kPartsLookedAt)) {
    if (document.is(part.body, NodeKind::kArray)) {
      const bool named = is_list_of(document, part.body, {"name"}, false) ||
                         is_list_of(document, part.body, {"function"}, false);
      if (named && looks_like_tool(document, first_object(document, part.body))) {
        best = std::max(best, 70);
      }
      continue;
    }
    const auto tools = document.find(part.body, "tools");
    if (is_list_of(document, tools, {"name"}, false) ||
        is_list_of(document, tools, {"function"}, false)) {
      best = std::max(best, 80);
    }
    if (tools && is_list_of(document, tools, {}, true) &&
        document.node(*tools).next == *tools + 1) {
      best = std::max(best, 40);
    }
  }
  return best;
}

Status read_tools_list(Manifest& manifest) {
  read_results(manifest);
  return {};
}

}  // namespace merlon
