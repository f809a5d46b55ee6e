#pragma once
/// The address of a unix socket in an open folder, through `/proc/self/fd/N`: the folder that was
/// checked is the folder that is used, and a long path is no problem.
#include <optional>
#include <string_view>

#include <sys/un.h>

#include "base/process/unique_fd.h"

namespace merlon {

/// Nothing for a name that does not fit.
[[nodiscard]] std::optional<sockaddr_un> address_in(const UniqueFd& folder, std::string_view name);

}  // namespace merlon
