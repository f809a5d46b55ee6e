#pragma once
/// What a session remembers of private answers: fingerprints by the event that brought them, in the
/// guard's memory. The oldest events go when there are more fingerprints than the policy allows;
/// how many went is counted.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/session_state.h"

namespace merlon {

struct TaintMatch {
  std::uint64_t sequence{0};  ///< of the event that brought it
  std::string source;         ///< the tool or resource
  std::size_t prints{0};      ///< fingerprints that both have
};

/// `prints` are sorted, each once. Nothing happens without any.
void remember_taint(GuardMemory& memory, std::uint64_t sequence, std::string_view source,
                    std::vector<std::int64_t> prints, std::size_t most);

/// The events that share fingerprints with `prints` (sorted, each once), the oldest first.
[[nodiscard]] std::vector<TaintMatch> find_taint(const GuardMemory& memory,
                                                 std::span<const std::int64_t> prints);

/// True when something is remembered, or was and is forgotten.
[[nodiscard]] bool has_taint(const GuardMemory& memory);
/// Events that have been forgotten.
[[nodiscard]] std::uint64_t forgotten_taint(const GuardMemory& memory);

}  // namespace merlon
