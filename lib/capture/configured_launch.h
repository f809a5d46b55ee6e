#pragma once
/// The launch of one server out of a client configuration.
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/process/environment.h"
#include "base/result.h"
#include "base/source_text.h"
#include "capture/placeholders.h"

namespace merlon {

struct ConfiguredLaunch {
  std::string name;                              ///< as configured
  std::vector<std::string> words;                ///< as in the file
  std::vector<std::string> argv;                 ///< placeholders filled in
  std::vector<EnvironmentVariable> environment;  ///< what the file sets or passes on, filled in
  std::vector<std::string> variables;  ///< sorted names that the file sets, passes on or uses
  std::vector<EnvironmentVariable> filled_in;  ///< what placeholders were replaced by
};

/// Finds `server` among the servers of `source`, a configuration in any format that `scan` reads,
/// and fills its placeholders in from `sources`, whose style is that of the format. `kUsage` with
/// the names that exist, or with the placeholders that nobody knows; `kUnsupported` for a server
/// that is not started but called, `kFormat` when the file cannot be read as a configuration.
[[nodiscard]] Result<ConfiguredLaunch> find_configured_launch(
    std::shared_ptr<const SourceText> source, const std::string& server, PlaceholderSources sources,
    const Limits& limits);

}  // namespace merlon
