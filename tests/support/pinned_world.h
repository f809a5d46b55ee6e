#pragma once
/// Approved definitions for tests of guards.
#include <string>
#include <string_view>

#include "guard/guard.h"

namespace merlon::test {

/// The embedded rules, and pins of the server `server` with everything in this result object:
/// `{"tools": [...], "instructions": "..."}`. A definition without a canonical form fails the test.
[[nodiscard]] GuardWorld pinned_world(std::string_view result_json,
                                      std::string_view server = "server");

}  // namespace merlon::test
