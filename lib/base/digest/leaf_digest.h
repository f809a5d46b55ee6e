#pragma once
/// SHA-256 of many short texts with one byte before each, as Merkle trees hash their leaves.
///
/// Pure; safe from many threads.
#include <string_view>

#include "base/digest/digest.h"

namespace merlon {

/// Of one byte and then the others, without copying them.
[[nodiscard]] Sha256 sha256_prefixed(char first, std::string_view bytes);

}  // namespace merlon
