#pragma once
/// The launch of one server out of a client configuration.
#include <memory>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/process/environment.h"
#include "base/result.h"
#include "base/source_text.h"

namespace merlon {

struct ConfiguredLaunch {
  std::string name;                              ///< as configured
  std::vector<std::string> words;                ///< as in the file
  std::vector<std::string> argv;                 ///< placeholders filled in
  std::vector<EnvironmentVariable> environment;  ///< what the file sets or passes on, filled in
  std::vector<std::string> variables;  ///< sorted names that the file sets, passes on or uses
  std::vector<EnvironmentVariable> filled_in;  ///< what placeholders were replaced by
  std::vector<std::string> warnings;           ///< placeholders that could not be filled in
};

/// Finds `server` among the servers of `source`, a configuration in any format that `scan` reads.
/// `${NAME}`,
/// `${NAME:-default}`, `${env:NAME}` and `${userHome}` are filled in from `lookup`; what else
/// stands in `${}` stays and gives a warning. `kUsage` with the names that exist, `kUnsupported`
/// for a server that is not started but called, `kFormat` when the file cannot be read as a
/// configuration.
[[nodiscard]] Result<ConfiguredLaunch> find_configured_launch(
    std::shared_ptr<const SourceText> source, const std::string& server,
    const VariableLookup& lookup, const Limits& limits);

/// Fills the placeholders of one text. Names that were used are added to `used`, what stayed to
/// `unknown`.
[[nodiscard]] std::string fill_placeholders(std::string_view text, const VariableLookup& lookup,
                                            std::vector<std::string>& used,
                                            std::vector<std::string>& unknown);

}  // namespace merlon
