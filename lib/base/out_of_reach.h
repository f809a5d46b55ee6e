#pragma once
/// Whether this user could have made a file say what it says.
#include <string>

namespace merlon {

/// True when this user can neither write the file nor exchange it: file, every folder above it, and
/// every link on the way belong to others and are closed to this user. Never for root. False for
/// what cannot be looked at.
[[nodiscard]] bool is_out_of_reach(const std::string& path);

}  // namespace merlon
