#pragma once
/// How much of a policy the sessions made speak.
#include <cstdint>
#include <string>
#include <vector>

#include "replay/replayed_session.h"

namespace merlon {

struct PolicyCoverage {
  std::uint64_t parts{0};  ///< guards and `[[tool]]` entries
  std::uint64_t fired{0};
  std::uint64_t rules{0};  ///< different rule ids that spoke
  std::vector<std::string> silent_guards;
  std::vector<std::string> silent_tools;  ///< `server/tool` globs
};
[[nodiscard]] PolicyCoverage coverage_of(const FiredCounts& fired);

}  // namespace merlon
