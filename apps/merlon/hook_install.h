#pragma once
/// `merlon hook install`: writes the hook into the settings of a host.
#include <span>
#include <string>

#include "env.h"

namespace merlon::cli {

[[nodiscard]] int hook_install(Env& env, std::span<const std::string> args);

}  // namespace merlon::cli
