#pragma once
/// Landlock: below which folders a process may still change files.
#include <span>
#include <string>

#include "base/result.h"

namespace merlon {

/// Version of Landlock's interface in this kernel; 0 when it has none.
[[nodiscard]] int landlock_version();

/// From now on this thread and what it starts can create, change and remove files below `folders`
/// only; reading stays as it is, and so do descriptors that are open. Cannot be taken back.
/// `kUnsupported` without Landlock.
[[nodiscard]] Status allow_changes_only_below(std::span<const std::string> folders);

}  // namespace merlon
