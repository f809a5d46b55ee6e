#pragma once
/// Audit logs as what `replay` reads.
#include <optional>
#include <string>
#include <vector>

#include "env.h"
#include "replay/replayer.h"

namespace merlon::cli {

/// The sessions of an audit log, which is verified first; nothing when `path` is no folder. A log
/// that is not what was signed comes as one session that is `tampered`, and nothing of it is shown.
/// `keys`: verifier keys, or files of them, beside those that were pinned on this machine.
[[nodiscard]] std::optional<std::vector<SessionReplay>> audited_sessions(
    const Env& env, const std::string& path, const std::vector<std::string>& keys,
    ShownMessages shown);

}  // namespace merlon::cli
