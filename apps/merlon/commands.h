#pragma once
/// The table of subcommands: one file cmd_<name>.cpp and one row in commands.cpp each.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env.h"

namespace merlon::cli {

struct Command {
  std::string_view name;
  std::string_view summary;
  int (*run)(
      Env& env,
      std::span<const std::string> args);  ///< args without the command's name; returns an ExitCode
};

/// In the order of `--help`.
[[nodiscard]] std::span<const Command> commands();

/// The whole program but for `main`: args without argv[0].
[[nodiscard]] int run(Env& env, std::span<const std::string> args);

}  // namespace merlon::cli
