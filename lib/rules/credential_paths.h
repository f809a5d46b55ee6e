#pragma once
/// Where programs keep credentials: the literals of the `credential-path` detector, for its row and
/// for checks that look at mounts and arguments.
#include <span>
#include <string_view>

namespace merlon {

/// Lower case, sorted.
[[nodiscard]] std::span<const std::string_view> credential_path_literals();

}  // namespace merlon
