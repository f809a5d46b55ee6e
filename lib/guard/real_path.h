#pragma once
/// Where a path really leads, by the facts of an event.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.h"

namespace merlon {

enum class PathAnswer : std::uint8_t {
  kKnown,
  kMissing,  ///< the event does not say; the need has been noted
  kAbsent,   ///< the path cannot exist
  kFailed,   ///< it could not be found out
};

struct RealPath {
  PathAnswer answer{PathAnswer::kMissing};
  std::string path;  ///< of kKnown
};

/// Notes the need, once, where the facts have no answer.
[[nodiscard]] RealPath real_path(std::string_view what, const Facts& facts,
                                 std::vector<Need>& needs);

}  // namespace merlon
