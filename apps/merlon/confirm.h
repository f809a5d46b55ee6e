#pragma once
/// Asking a person before something is done.
#include <optional>
#include <string_view>

#include "env.h"

namespace merlon::cli {

/// Asks `question` on the terminal and waits for a line; `y` or `yes` is a yes. Nothing when nobody
/// can be asked: standard input or standard error is no terminal.
[[nodiscard]] std::optional<bool> ask_person(Env& env, std::string_view question);

}  // namespace merlon::cli
