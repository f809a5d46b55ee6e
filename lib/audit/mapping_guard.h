#pragma once
/// Mappings of files that may be made shorter while they are read. The kernel answers such a read
/// with SIGBUS, which would end the program: an attacker who can cut a log would stop whoever
/// verifies it. A watched mapping reads as zeros there instead, and says so.
///
///   const std::optional<MappingWatch> watch = watch_mapping(data, size);   // nothing: too many
///   ... read ...
///   if (was_cut(*watch)) { ... what was read is not the file ... }
///   unwatch_mapping(*watch);
///
/// The handler is installed with the first watch and stays; a SIGBUS at another address goes to who
/// handled it before. Safe from many threads.
#include <cstddef>
#include <optional>

namespace merlon {

inline constexpr std::size_t kMostWatchedMappings = 1024;

struct MappingWatch {
  std::size_t slot{0};
};
[[nodiscard]] std::optional<MappingWatch> watch_mapping(const void* data, std::size_t size);
[[nodiscard]] bool was_cut(const MappingWatch& watch);
void unwatch_mapping(const MappingWatch& watch);

}  // namespace merlon
