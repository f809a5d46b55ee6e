#pragma once
/// The identity of a launch command, for pins and snapshots (docs/spec/snapshot.md).
#include <span>
#include <string>

namespace merlon {

/// `sha256:` and the hex SHA-256 of the words, each as a netstring (`3:npx,`). Secrets are to be
/// replaced before.
[[nodiscard]] std::string launch_digest(std::span<const std::string> words);

}  // namespace merlon
