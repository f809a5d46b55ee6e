#pragma once
/// Hands the strings of a tool definition to a scorer, in the order in which a model reads them.
#include <cstdint>
#include <vector>

#include "model/manifest.h"
#include "rules/instruction/instruction_scorer.h"

namespace merlon {

struct ToolReading {
  /// The node of each string that was added, in order.
  std::vector<NodeId> nodes;
  /// Text was left out, since the tool has more than `max_bytes`.
  bool cut{false};
};

/// Title, description, then the prose and values of schemas, annotations and `_meta`: texts, not
/// words.
void read_tool(const Document& document, const Item& item, std::uint64_t max_bytes,
               InstructionScorer& scorer, ToolReading& out);

}  // namespace merlon
