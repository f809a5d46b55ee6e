#pragma once
/// What is known about packages of MCP servers by their names: rules/data/packages.csv as a table.
#include <cstdint>
#include <span>
#include <string_view>

#include "rules/launch_line.h"

namespace merlon {

enum class PackageKind : std::uint8_t {
  kKnown,       ///< a name that is worth imitating
  kMalicious,   ///< every version
  kVulnerable,  ///< versions below `fixed`
};

struct PackageFact {
  PackageKind kind{PackageKind::kKnown};
  PackageSource source{PackageSource::kNpm};
  std::string_view name;
  std::string_view fixed;
  std::string_view reference;
};

[[nodiscard]] std::span<const PackageFact> package_facts();

}  // namespace merlon
