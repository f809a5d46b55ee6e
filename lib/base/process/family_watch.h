#pragma once
/// What a process and all that it started take together, and the end of all of them. For the
/// keeper: nothing is allocated.
#include <cstdint>

#include <sys/types.h>

namespace merlon {

/// The limit that was passed.
enum class FamilyExcess : std::uint8_t { kNone, kMemory, kProcesses };

struct FamilyUse {
  std::uint64_t processes{0};
  std::uint64_t bytes{0};  ///< resident; what several of them share counts for each
};

/// Of everything below `top`, without itself. A machine with more processes than this can hold
/// (65,536) is seen in part.
[[nodiscard]] FamilyUse measure_family(pid_t top);

/// Kills everything below `top`, again and again until nothing new is found, or 100 times: who
/// starts processes faster than they are killed.
void kill_family(pid_t top);

}  // namespace merlon
