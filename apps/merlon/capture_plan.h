#pragma once
/// What one `merlon capture` starts, from the command line or a client configuration.
#include <string>
#include <vector>

#include "base/process/child_process.h"
#include "base/result.h"
#include "capture_arguments.h"
#include "env.h"

namespace merlon::cli {

struct CapturePlan {
  std::string configured_name;
  std::vector<std::string> words;  ///< as typed or as in the file
  Launch launch;
  std::vector<std::string> variables;     ///< names that were named
  std::vector<std::string> given_values;  ///< values of these: masked in messages
  std::vector<std::string> secrets;  ///< those that are secrets: masked in the snapshot as well
};

/// Reads the configuration where one is named. A wrong command line is `kUsage` or `kUnsupported`.
[[nodiscard]] Result<CapturePlan> make_capture_plan(Env& env, const CaptureArguments& arguments);

}  // namespace merlon::cli
