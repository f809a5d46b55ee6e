#pragma once
/// A first policy for servers that are known by their manifests: what is not listed is denied, what
/// only reads is allowed, everything else asks.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "model/manifest.h"

namespace merlon {

/// The text of a policy named `name` over all tools of `manifests`, grouped by what they can do,
/// with the evidence for each as a comment. Loads and compiles. Deterministic.
[[nodiscard]] std::string policy_scaffold(std::span<const Manifest* const> manifests,
                                          std::string_view name);

/// What recorded sessions did.
struct SeenUse {
  /// By tool: the most calls within any 60 seconds. Tools that were not called are not in it.
  std::map<std::string, std::uint64_t> most_per_minute;
};

/// The same for what was done only: tools that were not called are left out, and so denied; those
/// that were are limited to twice their busiest minute.
[[nodiscard]] std::string policy_scaffold(std::span<const Manifest* const> manifests,
                                          std::string_view name, const SeenUse& seen);

/// `text` as a basic string of TOML, quotes included.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace merlon
