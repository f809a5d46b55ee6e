#pragma once
/// What one `merlon scan` judges by: rules, settings and a baseline, from the program, files and
/// the command line, which wins.
#include <memory>
#include <optional>

#include "env.h"
#include "rules/matcher.h"
#include "scan/baseline.h"
#include "scan/scanner.h"
#include "scan_options.h"

namespace merlon::cli {

struct ScanSetup {
  ScanSettings settings;
  std::shared_ptr<const CompiledRules> rules;
  std::optional<Baseline> baseline;
};

/// Fills `setup`, and what a configuration says about severities and left out files into `options`.
/// An exit code when something cannot be loaded; its problems were printed.
[[nodiscard]] std::optional<int> load_scan_setup(Env& env, ScanOptions& options, ScanSetup& setup);

}  // namespace merlon::cli
