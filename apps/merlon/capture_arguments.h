#pragma once
/// The command line of `merlon capture` as values.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/options.h"
#include "env.h"

namespace merlon::cli {

struct CaptureArguments {
  std::string config;
  std::string server;
  std::vector<std::string> inputs;  ///< ID=VALUE
  std::string workspace;
  std::string output;
  std::vector<std::string> env_allow;
  bool timestamp{false};
  bool quiet{false};
  std::vector<std::string> command;
  CaptureOptions how;  ///< eras, times and limits
};

/// The arguments, or the exit code with which the command ends (help was shown, the command line is
/// wrong).
struct ParsedCaptureArguments {
  CaptureArguments arguments;
  std::optional<int> exit;
};
[[nodiscard]] ParsedCaptureArguments parse_capture_arguments(Env& env,
                                                             std::span<const std::string> args);

}  // namespace merlon::cli
