#pragma once
/// What `merlon scan --list-formats` and `--list-clients` print.
#include "env.h"

namespace merlon::cli {

[[nodiscard]] int list_scan_formats(Env& env);
[[nodiscard]] int list_scan_clients(Env& env);

}  // namespace merlon::cli
