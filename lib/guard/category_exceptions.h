#pragma once
/// Exceptions from "never decided by a program alone", given by a person in advance:
/// `[[guard.config.exception]]` of the action-tier guard. docs/guards/action-tier.md
///
///   [[guard.config.exception]]
///   tool = "delete_draft"          # glob
///   server = "mail"                # glob, optional
///   categories = ["deletion"]
///   until = 2026-12-31T18:00:00Z
///   owner = "Ann, platform team"
///   reason = "nightly clean-up of drafts"
///
/// The guard believes what the policy says. That a policy with an exception has been signed is for
/// who enforces it to see to before it starts: has_category_exceptions().
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/table_reader.h"
#include "model/decision.h"
#include "model/policy.h"

namespace merlon {

struct CategoryException {
  std::string tool;         ///< glob over the tool's name
  std::string server{"*"};  ///< glob over the server's configured name
  CategorySet categories{0};
  std::int64_t until_ms{0};  ///< from then on it is none
  std::string owner;
  std::string reason;
};

/// `[[guard.config.exception]]` of the table; what is wrong goes to the reader.
[[nodiscard]] std::vector<CategoryException> read_category_exceptions(TableReader& reader,
                                                                      NodeId table);

/// The exceptions for calls of `tool` that hold at `time_ms` and take one of `categories` away.
struct CoveredCategories {
  CategorySet categories{0};
  std::vector<const CategoryException*> by;
};
[[nodiscard]] CoveredCategories find_category_exceptions(
    const std::vector<CategoryException>& exceptions, std::string_view server,
    std::string_view tool, CategorySet categories, std::int64_t time_ms);

/// What is recorded of a call that passes because of them; `covered.by` is not empty.
[[nodiscard]] Reason exception_reason(const CoveredCategories& covered, std::string_view tool);

/// True when an action-tier entry of the policy has an exception (a tenant's overrides included;
/// the system's minimum is its administrator's, and its exceptions are for itself only).
[[nodiscard]] bool has_category_exceptions(const Policy& policy);

}  // namespace merlon
