#pragma once
/// What makes a finding the same finding tomorrow: not its line, not the folder, not its position
/// in a list.
///
///   std::sort(findings.begin(), findings.end(), ...);
///   assign_fingerprints(findings);
#include <span>
#include <string>
#include <string_view>

#include "model/finding.h"

namespace merlon {

/// 32 hex digits over the rule, the file's name without its folder, server, item, the pointer with
/// every list position left out, the evidence with blanks and ASCII case evened out, and the
/// signals of a score. The message, severity, remedy and place take no part: a better wording or a
/// moved line must not bring an accepted finding back. `ordinal` tells apart findings that are
/// equal in all that.
[[nodiscard]] std::string fingerprint_of(const Finding& finding, std::size_t ordinal);

/// Fills in `fingerprint`. Equal findings of one file are numbered in their order, so `findings`
/// must be sorted as the report is.
void assign_fingerprints(std::span<Finding> findings);

/// `/tools/3/inputSchema/properties/a/enum/2` becomes `/tools/*/inputSchema/properties/a/enum/*`.
[[nodiscard]] std::string pointer_without_positions(std::string_view pointer);

}  // namespace merlon
