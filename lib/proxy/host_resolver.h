#pragma once
/// The addresses of a host name by the system's resolver: the answer to NeedKind::kHost of
/// model/event.h. All of them, both families, sorted, each once.
///
/// May block for as long as the system's resolver does. A name that does not exist, or that cannot
/// be one (a NUL byte, more than 255 bytes), is kAbsent. Safe from many threads.
#include <string>

#include "model/event.h"

namespace merlon {

[[nodiscard]] Fact resolve_host(const std::string& what);

}  // namespace merlon
