#pragma once
/// HMAC-SHA256 (RFC 2104): a digest that only who has the key can make or try out.
///
/// Pure; safe from many threads.
#include <string_view>

#include "base/digest/digest.h"

namespace merlon {

[[nodiscard]] Sha256 hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace merlon
