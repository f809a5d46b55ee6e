#pragma once
/// Where a user's state is: `$XDG_STATE_HOME/merlon`, else `~/.local/state/merlon`.
#include <string>
#include <string_view>

#include "env.h"

namespace merlon::cli {

/// That folder; empty where the environment names no place for state.
[[nodiscard]] std::string state_folder(const Env& env);
/// `name` below that folder; empty where the environment names no place for state.
[[nodiscard]] std::string state_place(const Env& env, std::string_view name);

}  // namespace merlon::cli
