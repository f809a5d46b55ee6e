#include "capability/tool_nodes.h"

#include <algorithm>

namespace merlon {
namespace {

constexpr std::size_t kMostParameters = 256;

}  // namespace

ToolNodes tool_nodes(const Item& item) {
  return {.node = item.node,
          .name = item.name,
          .description = item.description,
          .input_schema = item.input_schema,
          .annotations = item.annotations};
}

ToolNodes find_tool_nodes(const Document& document, NodeId tool) {
  ToolNodes nodes{.node = tool};
  nodes.name = document.find(tool, "name", NodeKind::kString).value_or(kNoNode);
  nodes.description = document.find(tool, "description", NodeKind::kString).value_or(kNoNode);
  for (const char* key : {"inputSchema", "input_schema", "parameters"}) {
    if (const auto schema = document.find(tool, key, NodeKind::kObject)) {
      nodes.input_schema = *schema;
      break;
    }
  }
  nodes.annotations = document.find(tool, "annotations", NodeKind::kObject).value_or(kNoNode);
  return nodes;
}

std::vector<ParameterNodes> parameters_of(const Document& document, NodeId input_schema) {
  std::vector<ParameterNodes> parameters;
  const auto properties = document.find(input_schema, "properties");
  if (!properties) {
    return parameters;
  }
  for (const auto& [key, value] : document.members(*properties)) {
    if (parameters.size() == kMostParameters) {
      break;
    }
    parameters.push_back({key, value});
  }
  return parameters;
}

}  // namespace merlon
