#pragma once
/// Which methods which revision of the protocol has.
#include <string_view>

#include "model/message.h"

namespace merlon {

/// Whether the revision is of the era without sessions, 2026-07-28 and later. Empty: not known.
[[nodiscard]] bool is_modern_revision(std::string_view revision);
/// Whether a request or notification is one of the revision; with an empty revision, of any.
[[nodiscard]] bool is_method_of(std::string_view revision, MessageKind kind,
                                std::string_view method);

}  // namespace merlon
