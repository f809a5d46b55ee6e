#pragma once
/// Whether one policy is provably at least as strict as another. For taking an edited policy while
/// sessions run: docs/spec/policy.md, "Changes while it is in force".
///
///   const std::vector<std::string> loose = looser_points(in_force, edited);
///   if (loose.empty()) { ... it only tightens ... }
///
/// Proven by structure, never by trying: what is not known to tighten counts as loosening. Sections
/// that only count when a server is started (`[environment]`, `[containment]`) are not compared.
#include <string>
#include <vector>

#include "model/policy.h"

namespace merlon {

/// Why it cannot be told that `to` is as strict as `from`, a line each; empty: it is.
[[nodiscard]] std::vector<std::string> looser_points(const Policy& from, const Policy& to);

}  // namespace merlon
