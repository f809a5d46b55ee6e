#pragma once
/// What adapters have in common: fields of the input, names of tools of MCP servers.
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

/// The text of a member; empty when it is not there or no string.
[[nodiscard]] std::string hook_text(const Document& input, std::string_view name);

/// A member as JSON: `{}` when it is not there. A string that holds JSON (some hosts send arguments
/// so) is that JSON. `kFormat` when it is no object then.
[[nodiscard]] Result<std::string> hook_object(const Document& input, std::string_view name);

/// The bytes of a member; `null` when it is not there.
[[nodiscard]] std::string hook_value(const Document& input, std::string_view name);

struct ToolOfServer {
  std::string server;
  std::string tool;
};
/// `mcp__SERVER__TOOL` with `__` for `between`, `mcp_SERVER_TOOL` with `_`: nothing for other
/// names. Of several ways to split, the shortest name of a server.
[[nodiscard]] std::optional<ToolOfServer> split_mcp_name(std::string_view name,
                                                         std::string_view between);

}  // namespace merlon
