#pragma once
/// Manifests for tests of checks, without the readers of manifest/: JSON of a few known keys, and
/// what a check reports.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/manifest.h"
#include "rules/check.h"

namespace merlon::test {

/// Reads `tools` (of a list, or of `{"server", "result"}` lines), `mcpServers` and `servers`, and
/// labels what the checks look at. `file` becomes the name of the source.
[[nodiscard]] Manifest manifest_of(std::string_view json, std::string_view format = "test",
                                   std::string_view file = "test.json");

/// "rule @pointer: message", in the order of the reports; an empty message stands for the rule's
/// own.
[[nodiscard]] std::vector<std::string> run_check(std::string_view check,
                                                 const std::vector<Manifest>& manifests);
[[nodiscard]] std::vector<std::string> run_check(std::string_view check, std::string_view json,
                                                 std::string_view format = "test",
                                                 std::string_view file = "test.json");

/// The raw hits, for ranges, evidence and severities.
[[nodiscard]] std::vector<CheckHit> hits_of_check(std::string_view check,
                                                  const std::vector<Manifest>& manifests);

}  // namespace merlon::test
