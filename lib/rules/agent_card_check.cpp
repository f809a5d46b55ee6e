#include <string>

#include "base/document.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"

namespace merlon {

void check_agent_card(const CheckInput& input, CheckSink& sink) {
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    if (manifest.format != "a2a-agent-card" || manifest.document.empty()) {
      continue;
    }
    const Document& document = manifest.document;
    const NodeId root = document.root();
    const NodeId name = document.find(root, "name", NodeKind::kString).value_or(root);
    const auto signatures = document.find(root, "signatures", NodeKind::kArray);
    if (!signatures || document.elements(*signatures).empty()) {
      sink.report(
          {.rule_id = "agent-card-unsigned", .manifest = index, .node = name, .message = {}});
    }
    const auto schemes = document.find(root, "securitySchemes", NodeKind::kObject);
    if (!schemes || document.members(*schemes).empty()) {
      sink.report({.rule_id = "agent-card-open", .manifest = index, .node = name, .message = {}});
    }
  }
}

}  // namespace merlon
