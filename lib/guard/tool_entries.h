#pragma once
/// Which `[[tool]]` entry of a policy speaks for a tool.
#include <span>
#include <string_view>

#include "model/policy.h"

namespace merlon {

/// The first entry whose globs match server and tool, or null.
[[nodiscard]] const ToolEntry* find_tool_entry(std::span<const ToolEntry> entries,
                                               std::string_view server, std::string_view tool);

}  // namespace merlon
