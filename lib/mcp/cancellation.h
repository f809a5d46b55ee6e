#pragma once
/// `notifications/cancelled` (all revisions, basic/utilities/cancellation).
#include <string>

#include "model/message.h"

namespace merlon {

/// Message::id_key() of the request that the message cancels, which is one of the same peer; empty
/// when it cancels none.
[[nodiscard]] std::string cancelled_id_key(const Message& message);

}  // namespace merlon
