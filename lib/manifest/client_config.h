#pragma once
/// What the configuration files of clients have in common: servers somewhere, and around them
/// settings, permissions, hooks and environment of the agent.
#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/manifest.h"

namespace merlon {

/// Labels everything as a setting, then what has a meaning of its own, and reads the servers under
/// `path` (keys from the root; `{"mcp", "servers"}` also finds the one key `mcp.servers`). No
/// servers are no error. `kFormat` when the root is no object.
[[nodiscard]] Status read_client_config(Manifest& manifest,
                                        std::initializer_list<std::string_view> path);

/// The value under a path of keys, where two neighbouring keys may also be written as one with a
/// point between.
[[nodiscard]] std::optional<NodeId> find_path(const Document& document, NodeId object,
                                              std::initializer_list<std::string_view> path);

/// Labels an object of hooks of any agent: commands, their arguments, URLs and headers, prompts.
void label_hooks(Document& document, std::optional<NodeId> hooks);

}  // namespace merlon
