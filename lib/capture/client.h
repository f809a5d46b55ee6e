#pragma once
/// Asks a server for everything that it offers, in both protocol eras, each in a process of its
/// own.
///
///   auto connector = make_stdio_connector(launch, StdioLimits{}, clock);
///   CaptureOutcome outcome = capture_server(*connector, options, clock);
///
/// First `server/discover`: a result or error -32022 means that the server is modern, and it is
/// asked for its lists in the same process. Any other error, silence or an exit means nothing:
/// then, as in every case, a fresh process is asked with `initialize`.
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "capture/channel.h"
#include "capture/options.h"
#include "capture/surface.h"

namespace merlon {

struct CaptureOutcome {
  std::vector<EraSurface> eras;    ///< modern before legacy; empty when `failure` is set
  std::vector<CaptureNote> notes;  ///< sorted, no doubles
  /// Why there is nothing at all. `kProcess`: it could not be started, ended early or said nothing;
  /// else it spoke, but nothing that we understand.
  std::optional<Error> failure;
  std::vector<std::string> remarks;  ///< for people only; may differ from run to run
  std::vector<std::string>
      error_lines;  ///< last lines of the standard error of the process that failed, raw

  [[nodiscard]] bool complete() const;
};

[[nodiscard]] CaptureOutcome capture_server(Connector& connector, const CaptureOptions& options,
                                            const Clock& clock);

}  // namespace merlon
