#pragma once
/// SHA-512, for formats of others that demand it: SSH signatures, npm's package digests. Everything
/// of Merlon's own is SHA-256 (base/digest/digest.h).
///
///   const Sha512 digest = sha512("abc");   // ddaf35a1...
///
/// Pure; safe from many threads.
#include <array>
#include <cstdint>
#include <string_view>

namespace merlon {

using Sha512 = std::array<std::uint8_t, 64>;

[[nodiscard]] Sha512 sha512(std::string_view bytes);

}  // namespace merlon
