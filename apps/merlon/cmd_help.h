#pragma once
/// The text of `merlon --help`: what merlon is, its commands, and how to begin.
#include <string>

namespace merlon::cli {

[[nodiscard]] std::string program_help();

}  // namespace merlon::cli
