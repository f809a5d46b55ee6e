#pragma once
/// Keeps what a server offers up to date from its lists.
#include <cstddef>
#include <cstdint>

#include "model/event.h"
#include "model/session_state.h"

namespace merlon {

/// A server that offers more is not followed further; its other tools are unknown ones.
inline constexpr std::size_t kMostDefinitions = 10'000;
/// What the definitions of a session keep in memory, the messages that they came with included. A
/// list with which it would be more is forgotten whole: its tools are unknown ones.
inline constexpr std::uint64_t kMostSurfaceBytes = 128ULL << 20;

/// Takes the definitions of a list result, or the instructions of initialize and discover. `sent`
/// is the message as the client got it, or null when it did not pass.
void track_surface(ServerSurface& surface, const PendingRequest& request, const Event& event,
                   const Message* sent, std::uint64_t most_bytes = kMostSurfaceBytes);

}  // namespace merlon
