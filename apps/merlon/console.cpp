#include "console.h"

namespace merlon::cli {

std::optional<ColorMode> parse_color_mode(std::string_view word) {
  if (word == "auto") {
    return ColorMode::kAuto;
  }
  if (word == "always") {
    return ColorMode::kAlways;
  }
  if (word == "never") {
    return ColorMode::kNever;
  }
  return std::nullopt;
}

bool use_color(ColorMode mode, const Env& env, bool stream_is_terminal) {
  if (mode != ColorMode::kAuto) {
    return mode == ColorMode::kAlways;
  }
  if (!env.variable("NO_COLOR").value_or("").empty()) {
    return false;
  }
  const std::string force = env.variable("CLICOLOR_FORCE").value_or("");
  if (!force.empty() && force != "0") {
    return true;
  }
  return stream_is_terminal && env.variable("TERM").value_or("dumb") != "dumb";
}

}  // namespace merlon::cli
