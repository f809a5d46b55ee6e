#pragma once
/// Whether output is coloured. An explicit --color wins over the environment, the environment over
/// the terminal.
#include <optional>
#include <string_view>

#include "env.h"

namespace merlon::cli {

enum class ColorMode { kAuto, kAlways, kNever };

/// "auto", "always" or "never".
[[nodiscard]] std::optional<ColorMode> parse_color_mode(std::string_view word);

/// With kAuto: NO_COLOR (not empty) says no, CLICOLOR_FORCE (not "0") says yes, TERM=dumb says no,
/// else whether the stream is a terminal decides.
[[nodiscard]] bool use_color(ColorMode mode, const Env& env, bool stream_is_terminal);

}  // namespace merlon::cli
