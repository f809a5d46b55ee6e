#pragma once
/// Toxic flows: a path on which a stranger's text can take private data out, with the tools it
/// would use.
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "capability/rule_of_two.h"

namespace merlon {

/// The agent reads `source` (written by a stranger), which tells it to read `data` and hand it to
/// `sink`.
struct ToxicFlow {
  Witness source;
  Witness data;
  Witness sink;
  bool crosses_servers{false};  ///< no server has all three: nobody who looks at one server sees it

  [[nodiscard]] std::string explain(std::span<const CapableTool> all) const;
};

/// At most one flow per server that has a sink: its own tools are taken for source and data where
/// it has them, else the best of the group's. Sorted by the sink's tool. Pure; linear in tools
/// times servers with sinks, of which at most 64 are looked at.
[[nodiscard]] std::vector<ToxicFlow> find_toxic_flows(std::span<const CapableTool> all,
                                                      const ToolGroup& group);

}  // namespace merlon
