#pragma once
/// The parts of a tool's definition, also where no manifest reader has looked at it (a lock file).
#include "base/document.h"
#include "model/manifest.h"

namespace merlon {

struct ToolNodes {
  NodeId node{kNoNode};
  NodeId name{kNoNode};
  NodeId description{kNoNode};
  NodeId input_schema{kNoNode};
  NodeId annotations{kNoNode};
};

[[nodiscard]] ToolNodes tool_nodes(const Item& item);
/// By the keys of the protocol: name, description, inputSchema (also input_schema, parameters),
/// annotations.
[[nodiscard]] ToolNodes find_tool_nodes(const Document& document, NodeId tool);

struct ParameterNodes {
  NodeId name{kNoNode};  ///< the key
  NodeId schema{kNoNode};
};
/// The members of the input schema's `properties`, at most 256; of nested objects none.
[[nodiscard]] std::vector<ParameterNodes> parameters_of(const Document& document,
                                                        NodeId input_schema);

}  // namespace merlon
