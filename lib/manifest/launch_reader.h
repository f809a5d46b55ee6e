#pragma once
/// One entry of a client configuration: how a server is started or reached. The clients spell the
/// same things in many ways (`env`, `envs`, `environment`; `url`, `serverUrl`, `httpUrl` ...); one
/// table holds all of them, so that every format reads every spelling.
#include <cstdint>
#include <optional>

#include "model/manifest.h"

namespace merlon {

/// Reads `entry` (an object) as a server and appends it. `name` is the key it stands under, or
/// kNoNode. Labels all of its strings. What is not an object becomes a note. Returns the index of
/// the server, or kNoServer.
std::uint32_t read_server_entry(Manifest& manifest, NodeId name, NodeId entry);

/// Reads an object of entries by name, or a list of entries with a `name`. Absent is nothing;
/// another kind is a note.
void read_server_map(Manifest& manifest, std::optional<NodeId> map);

/// The launch and remote parts alone, into a server that is there already: `mcp_config` of a
/// bundle.
void read_launch(Manifest& manifest, Server& server, NodeId object);

/// True when `node` is an object that says how to start or reach a server (`command`, `cmd` or one
/// of the URL keys).
[[nodiscard]] bool is_server_entry(const Document& document, NodeId node);

/// True when `map` is an object and one of its first 200 entries is an object with this key.
[[nodiscard]] bool any_entry_has(const Document& document, std::optional<NodeId> map,
                                 std::string_view key);

/// Labels an `env` of any shape: an object, a list of names, a list of {name, value}.
void label_environment(Document& document, std::optional<NodeId> environment);

}  // namespace merlon
