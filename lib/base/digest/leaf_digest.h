#pragma once
/// SHA-256 of many short texts with one byte before each, as Merkle trees hash their leaves and
/// nodes.
///
/// Two texts at once are hashed side by side where the processor has SHA instructions: one hash
/// waits for itself half of the time. Pure; safe from many threads.
#include <array>
#include <string_view>

#include "base/digest/digest.h"

namespace merlon {

/// Of one byte and then the others, without copying them.
[[nodiscard]] Sha256 sha256_prefixed(char first, std::string_view bytes);
/// The same of two texts.
[[nodiscard]] std::array<Sha256, 2> sha256_prefixed_pair(char first, std::string_view a,
                                                         std::string_view b);

}  // namespace merlon
