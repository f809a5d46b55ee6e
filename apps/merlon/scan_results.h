#pragma once
/// What one `merlon scan` leaves behind: a new baseline, reports, the exit code.
#include <optional>

#include "base/clock.h"
#include "base/limits.h"
#include "env.h"
#include "model/scan_report.h"
#include "scan/baseline.h"
#include "scan_options.h"

namespace merlon::cli {

struct NewBaseline {
  const Limits& limits;
  const Baseline* previous{nullptr};  ///< its terms are kept where a finding is the same
  Date today{};
};

/// Writes the baseline that `--write-baseline` asks for, and applies it to `report`; an exit code
/// when it cannot be written.
[[nodiscard]] std::optional<int> write_new_baseline(Env& env, const ScanOptions& options,
                                                    const NewBaseline& how, ScanReport& report);

/// Writes every report that was asked for; an exit code when one cannot be written.
[[nodiscard]] std::optional<int> write_scan_outputs(Env& env, const ScanOptions& options,
                                                    const ScanReport& report);

/// Prints what could not be looked at, and answers with the exit code of the run.
[[nodiscard]] int finish_scan(Env& env, const ScanReport& report);

}  // namespace merlon::cli
