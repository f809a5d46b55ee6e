#pragma once
/// Packages and remotes of a registry's server.json, in both of its key styles.
#include "model/manifest.h"

namespace merlon {

/// The server object: the root, or what an answer of the registry's API wraps in `server`.
[[nodiscard]] NodeId registry_body(const Document& document);

/// Reads one element of `packages` into a server of its own: the launch is what a client would run
/// (`npx -y name@version ...`). `name` is the name of the entry in the registry.
void read_registry_package(Manifest& manifest, NodeId name, NodeId package);

/// Reads one element of `remotes`.
void read_registry_remote(Manifest& manifest, NodeId name, NodeId remote);

}  // namespace merlon
