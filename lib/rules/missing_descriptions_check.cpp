#include <string>

#include "base/document.h"
#include "base/text.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {

void check_missing_descriptions(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (const Item& item : manifest.items) {
      const bool wanted = item.kind == ItemKind::kTool || item.kind == ItemKind::kSkill;
      if (!wanted || !trim(text_or_empty(manifest.document, item.description)).empty()) {
        continue;
      }
      const std::string name = text_or_empty(manifest.document, item.name);
      sink.report({.rule_id = "description-missing",
                   .manifest = index,
                   .node = item.name != kNoNode ? item.name : item.node,
                   .message = "the " + std::string(to_string(item.kind)) + " " + in_ticks(name) +
                              " has no description"});
    }
  }
}

}  // namespace merlon
