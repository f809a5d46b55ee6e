#pragma once
/// What is known about packages of MCP servers by their names: rules/data/packages.csv as a table.
#include <cstdint>
#include <span>
#include <string_view>

#include "rules/check.h"
#include "rules/launch_line.h"

namespace merlon {

enum class PackageKind : std::uint8_t {
  kKnown,       ///< a name that is worth imitating
  kMalicious,   ///< made to act against its users
  kVulnerable,  ///< has a hole that is public
};

struct PackageFact {
  PackageKind kind{PackageKind::kKnown};
  PackageSource source{PackageSource::kNpm};
  std::string_view name;
  std::string_view fixed;      ///< the first version after the bad ones; empty: there is none
  std::string_view reference;  ///< who says so
  std::string_view from;       ///< the first bad version; empty: the first of all
  std::string_view date;       ///< when it was published, YYYY-MM-DD
};

[[nodiscard]] std::span<const PackageFact> package_facts();

/// True when the launch may start a version that the fact is about: one in the range, or no certain
/// one while the newest is bad.
[[nodiscard]] bool is_affected(const PackageFact& fact, const PackageUse& use);

/// Reports uses of `facts` that are malicious or vulnerable, as `package-malicious` and
/// `package-vulnerable`, but for those that the table itself reports. For lists that come in a
/// signed file.
void check_listed_packages(const CheckInput& input, CheckSink& sink,
                           std::span<const PackageFact> facts);

}  // namespace merlon
