#pragma once
/// Bytes that nobody can guess, from the system's generator. Where output must be reproducible they
/// are handed in instead.
#include <cstddef>
#include <string>

#include "base/result.h"

namespace merlon {

/// `kUnsupported` when the system has none to give.
[[nodiscard]] Result<std::string> random_bytes(std::size_t count);

}  // namespace merlon
