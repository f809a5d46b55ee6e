#pragma once
/// From a tool's definition to its capabilities.
///
///   const ToolCapabilities found = classify_tool(document, tool_nodes(item));
///   if (found.has(Capability::kSendsOut)) { ... found.why(Capability::kSendsOut)->words ... }
///
/// Name, parameters and the sentences of the description are read as words: which verb leads, and
/// what it acts on. English only; of a description in another language nothing is concluded, and
/// its name and parameters still count. Annotations take no part in the answer: they are claims,
/// and what contradicts one is listed.
///
/// Pure and deterministic; linear in the definition, with a bound on the words that are read; safe
/// from many threads.
#include "capability/capability.h"
#include "capability/tool_nodes.h"

namespace merlon {

[[nodiscard]] ToolCapabilities classify_tool(const Document& document, const ToolNodes& tool);

}  // namespace merlon
