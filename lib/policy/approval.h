#pragma once
/// Which grants bind to a message, and when a session only watches.
#include <string>
#include <string_view>

#include "model/event.h"
#include "model/policy.h"

namespace merlon {

/// Hex sha256 of the bytes that will be sent: what a person approves.
[[nodiscard]] std::string digest_of_message(std::string_view bytes);

/// The grant whose digest is that of `bytes`, or null.
[[nodiscard]] const Grant* find_grant(const Facts& facts, std::string_view bytes);

/// True when the policy's mode is shadow, or the session falls into its share of shadow sessions:
/// chosen by the digest of the session's id, so the same session is always judged the same way.
[[nodiscard]] bool runs_in_shadow(const Policy& policy, std::string_view session);

}  // namespace merlon
