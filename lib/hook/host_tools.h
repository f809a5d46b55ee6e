#pragma once
/// What the tools of hosts themselves do, as the definitions that an MCP server would give: hosts
/// send none to a hook.
#include <string>
#include <string_view>

namespace merlon {

/// The definition of a tool of a host, JSON; of an unknown one with its name only.
[[nodiscard]] std::string host_tool_definition(std::string_view name);

/// The definition of a tool of an MCP server that nothing is known about but its name.
[[nodiscard]] std::string bare_tool_definition(std::string_view name);

}  // namespace merlon
