#pragma once
/// `[approval]` of a policy: how a person is asked, and whose answer counts. docs/spec/policy.md,
/// docs/spec/approvals.md
#include <vector>

#include "approval/approval_terms.h"
#include "base/error.h"
#include "model/policy.h"

namespace merlon {

/// Of a policy and the system's minimum, the stricter of both: the higher assurance, the shorter
/// time, the fewer uses; where the minimum names approvers, only those. Without a section nobody is
/// asked, and a grant that a recording has counts whatever its assurance.
[[nodiscard]] ApprovalTerms approval_terms_of(const Policy& policy);

/// Of this policy alone. Complaints go to `errors` when it is not null.
[[nodiscard]] ApprovalTerms read_approval_section(const Policy& policy, std::vector<Error>* errors);

}  // namespace merlon
