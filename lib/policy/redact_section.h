#pragma once
/// `[redact]` of a policy: what a redacted recording masks besides secrets. docs/spec/recording.md
#include <string>
#include <vector>

#include "base/error.h"
#include "model/policy.h"

namespace merlon {

struct RedactSection {
  std::vector<std::string> personal_data;  ///< names of guard/personal_data_type.h, sorted

  /// Of a policy and the system's minimum, all that either names.
  [[nodiscard]] static RedactSection of(const Policy& policy);
  /// Of this policy alone. Complaints go to `errors` when it is not null.
  [[nodiscard]] static RedactSection read(const Policy& policy, std::vector<Error>* errors);
  friend bool operator==(const RedactSection&, const RedactSection&) = default;
};

}  // namespace merlon
