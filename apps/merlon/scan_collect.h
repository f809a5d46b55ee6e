#pragma once
/// What one `merlon scan` reads: the files, folders, revisions and streams that its command line
/// names.
#include <optional>

#include "base/limits.h"
#include "env.h"
#include "scan/inputs.h"
#include "scan_options.h"

namespace merlon::cli {

/// Fills `inputs`; an exit code when the run must end, its problem printed.
[[nodiscard]] std::optional<int> collect_scan_inputs(Env& env, const ScanOptions& options,
                                                     const Limits& limits, ScanInputs& inputs);

}  // namespace merlon::cli
