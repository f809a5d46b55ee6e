#pragma once
/// Changes a message and leaves every other byte as it was: ids, spelling of numbers, order and
/// blanks. Only a decision to modify does this; what is allowed passes unchanged.
#include <span>
#include <string>

#include "base/result.h"
#include "model/decision.h"
#include "model/message.h"

namespace merlon {

/// The bytes of the message after all edits. Their pointers all speak of the message as given; an
/// edit inside a part that another one replaces or removes is dropped. Errors (`kFormat`): a
/// pointer that leads nowhere, the root, or a value that is not JSON.
[[nodiscard]] Result<std::string> edit_message(const Document& document,
                                               std::span<const Edit> edits);

/// The node that an RFC 6901 pointer leads to, or nothing. Of a key that is there twice the first.
[[nodiscard]] std::optional<NodeId> resolve_pointer(const Document& document,
                                                    std::string_view pointer);

}  // namespace merlon
