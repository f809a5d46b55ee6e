#pragma once
/// All tools of a run with their capabilities, and which of them one agent sees together.
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "capability/capability.h"
#include "model/manifest.h"

namespace merlon {

struct CapableTool {
  std::size_t manifest{0};  ///< index into the manifests that were given
  NodeId node{kNoNode};     ///< the whole definition
  NodeId name_node{kNoNode};
  std::string server;  ///< may be empty
  std::string name;
  ToolCapabilities found;
};

/// Every tool of every manifest, in order.
[[nodiscard]] std::vector<CapableTool> capable_tools(std::span<const Manifest* const> manifests);

/// What one agent sees together. `tools` are indices into the list of capable_tools.
struct ToolGroup {
  std::string name;         ///< of the server, or the file of the client configuration
  std::size_t manifest{0};  ///< where the group stands
  NodeId node{kNoNode};     ///< the server's entry; the root for a client configuration
  bool client{false};       ///< a client configuration with several servers
  std::vector<std::size_t> tools;
  std::vector<std::string> unknown;  ///< configured servers of which no tools are known
};

/// One group per server that has tools, then one per client configuration (a manifest with at least
/// two servers that are started or connected to); its servers' tools are found by the configured
/// name, in whatever manifest they stand. Disabled servers are left out. Sorted by manifest, then
/// node.
[[nodiscard]] std::vector<ToolGroup> tool_groups(std::span<const Manifest* const> manifests,
                                                 std::span<const CapableTool> tools);

}  // namespace merlon
