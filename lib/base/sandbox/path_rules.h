#pragma once
/// Landlock: below which folders a process may still read or change files.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/process/unique_fd.h"
#include "base/result.h"

namespace merlon {

/// Version of Landlock's interface in this kernel; 0 when it has none.
[[nodiscard]] int landlock_version();

/// From now on this thread and what it starts can create, change and remove files below `folders`
/// only; reading stays as it is, and so do descriptors that are open. Cannot be taken back.
/// `kUnsupported` without Landlock.
[[nodiscard]] Status allow_changes_only_below(std::span<const std::string> folders);

/// Rules that are made here and taken on later, by landlock_restrict_self(2).
///
/// `read`, `write`: files and folders below which it is allowed; nothing: everywhere. Whoever takes
/// them on can besides make no block device, not look into processes outside (ptrace(2),
/// /proc/PID/environ), not mount, and from Landlock's sixth version on not signal them. `kIo` for
/// a path that cannot be opened. Needs version 2: before, no file could be moved between folders.
[[nodiscard]] Result<UniqueFd> make_path_rules(
    const std::optional<std::vector<std::string>>& read,
    const std::optional<std::vector<std::string>>& write);

}  // namespace merlon
