#pragma once
/// How big the arguments of a tool usually are: a count and a sum, per tool, in a guard's memory.
#include <cstdint>
#include <optional>
#include <string>

#include "model/session_state.h"

namespace merlon {

struct SizeHistory {
  std::uint64_t calls{0};
  std::uint64_t bytes{0};
  [[nodiscard]] std::uint64_t mean_bytes() const { return calls == 0 ? 0 : bytes / calls; }
};

[[nodiscard]] std::optional<SizeHistory> read_size_history(const GuardMemory& memory,
                                                           const std::string& tool);
/// Of at most `most_tools` tools; those that come later have no history. Counts are halved at 1000
/// calls, so that a habit can change.
void add_to_size_history(GuardMemory& memory, const std::string& tool, std::uint64_t bytes,
                         std::size_t most_tools);

}  // namespace merlon
