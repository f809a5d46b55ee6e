#pragma once
/// What redacted recordings mask where the policy says so: `[redact]`, docs/spec/recording.md.
#include <span>
#include <string>

#include "mcp/recording_mask.h"

namespace merlon {

/// Personal data of these types (names of personal_data_types(); others find nothing), as sure as
/// the guard `pii` wants them to be by default. Immutable and shared; safe from many threads.
[[nodiscard]] TextMasker make_personal_data_masker(std::span<const std::string> types);

/// Secrets, then these.
[[nodiscard]] TextMasker make_recording_masker(std::span<const std::string> personal_data);

}  // namespace merlon
