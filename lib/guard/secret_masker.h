#pragma once
/// What redacted recordings take for a secret: what the guard `secrets` takes for one by default,
/// in any text of a message, in either direction.
#include "mcp/recording_mask.h"

namespace merlon {

/// Immutable and shared; safe from many threads.
[[nodiscard]] TextMasker make_secret_masker();

}  // namespace merlon
