#pragma once
/// What a server shows to one era and not to the other.
#include <string>
#include <vector>

#include "base/limits.h"
#include "capture/surface.h"

namespace merlon {

struct SurfaceDifference {
  enum class Kind : std::uint8_t { kOnlyIn, kChanged };
  std::string list;  ///< as in the snapshot
  std::string name;
  Kind kind{Kind::kChanged};
  Era era{Era::kModern};             ///< for kOnlyIn: the one that has it
  std::vector<std::string> members;  ///< for kChanged: top-level members that differ, sorted
  friend auto operator<=>(const SurfaceDifference&, const SurfaceDifference&) = default;
};

/// Sorted by list, then name. The order of members and blanks do not count. Fewer than two eras:
/// nothing.
[[nodiscard]] std::vector<SurfaceDifference> find_differences(const std::vector<EraSurface>& eras,
                                                              const Limits& limits);

}  // namespace merlon
