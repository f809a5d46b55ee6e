#pragma once
/// Files that decide what an agent may do: Merlon's own state and policies, and the configurations
/// of MCP clients, by the end of their paths.
#include <string_view>

namespace merlon {

enum class ProtectedKind { kNone, kMerlon, kClient };

/// What a path is, by its text: normal (base/safe_path.h), absolute or relative. Letter case does
/// not count. `{home}/.cursor/mcp.json`, `.cursor/mcp.json` of a project, and everything below
/// `.claude/skills` are found alike. Pure; linear.
[[nodiscard]] ProtectedKind protected_kind(std::string_view normal);
/// Whether the path is a folder in which such files are by their names (`~/.cursor`,
/// `/etc/merlon`): deleting or moving it away takes them along.
[[nodiscard]] bool holds_protected(std::string_view normal);

}  // namespace merlon
