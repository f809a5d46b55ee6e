#pragma once
/// What one `merlon capture` leaves behind: a snapshot, a summary or why there is none, the exit
/// code.
#include <optional>
#include <string>

#include "base/error.h"
#include "base/limits.h"
#include "capture/client.h"
#include "capture/snapshot.h"
#include "capture_arguments.h"
#include "capture_plan.h"
#include "env.h"

namespace merlon::cli {

/// The snapshot of what the server said, secrets of its launch replaced. Takes the surfaces out of
/// `outcome`.
[[nodiscard]] Snapshot make_capture_snapshot(const CaptureArguments& arguments,
                                             const CapturePlan& plan, CaptureOutcome& outcome,
                                             const Clock& clock);

/// Writes the snapshot to `output` (empty and `-`: standard output); an exit code when it cannot be
/// written.
[[nodiscard]] std::optional<int> write_capture(Env& env, const std::string& output,
                                               const std::string& text);

/// What people want to know about a capture that worked.
void print_capture_summary(Env& env, const CapturePlan& plan, const Snapshot& snapshot,
                           const std::vector<std::string>& remarks, const Limits& limits);

/// Prints why there is no snapshot, and answers with the exit code.
[[nodiscard]] int report_capture_failure(Env& env, const CapturePlan& plan, Error failure,
                                         const CaptureOutcome& outcome);

}  // namespace merlon::cli
