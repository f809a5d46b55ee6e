#pragma once
/// Where a user's state is.
#include <string>

#include "base/process/environment.h"

namespace merlon {

/// `$XDG_STATE_HOME/merlon`, else `~/.local/state/merlon`; empty when neither XDG_STATE_HOME nor
/// HOME is an absolute path.
[[nodiscard]] std::string user_state_folder(const VariableLookup& variable);

}  // namespace merlon
