#pragma once
/// `merlon rules pack build|sign|verify|show`: signed rule packs and package lists.
#include <span>
#include <string>

#include "env.h"

namespace merlon::cli {

int rules_pack(Env& env, std::span<const std::string> args);

}  // namespace merlon::cli
