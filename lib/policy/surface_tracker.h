#pragma once
/// Keeps what a server offers up to date from its lists.
#include "model/event.h"
#include "model/session_state.h"

namespace merlon {

/// Takes the definitions of a list result, or the instructions of initialize and discover. `sent`
/// is the message as the client got it, or null when it did not pass.
void track_surface(ServerSurface& surface, const PendingRequest& request, const Event& event,
                   const Message* sent);

}  // namespace merlon
