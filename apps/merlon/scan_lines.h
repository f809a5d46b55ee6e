#pragma once
/// `merlon scan --ndjson`: each line of standard input is an input of its own, and becomes one line
/// of standard output, its whole report.
#include "env.h"
#include "scan_options.h"

namespace merlon::cli {

[[nodiscard]] int scan_lines(Env& env, ScanOptions& options);

}  // namespace merlon::cli
