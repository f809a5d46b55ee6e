#pragma once
/// A first policy for servers that are known by their manifests: what is not listed is denied, what
/// only reads is allowed, everything else asks.
#include <span>
#include <string>
#include <string_view>

#include "model/manifest.h"

namespace merlon {

/// The text of a policy named `name` over all tools of `manifests`, grouped by what they can do,
/// with the evidence for each as a comment. Loads and compiles. Deterministic.
[[nodiscard]] std::string policy_scaffold(std::span<const Manifest* const> manifests,
                                          std::string_view name);

/// `text` as a basic string of TOML, quotes included.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace merlon
