#pragma once
/// `[record]` of a policy: how much of a session a redacted recording keeps. docs/spec/recording.md
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "mcp/recording_writer.h"
#include "model/policy.h"

namespace merlon {

struct RecordSection {
  RecordedResults results{RecordedResults::kFull};
  std::uint64_t unreadable_bytes{RecordingOptions{}.unreadable_bytes};

  /// Of a policy and the system's minimum, the less of both. Without sections the defaults.
  [[nodiscard]] static RecordSection of(const Policy& policy);
  /// Of this policy alone. Complaints go to `errors` when it is not null.
  [[nodiscard]] static RecordSection read(const Policy& policy, std::vector<Error>* errors);
  friend bool operator==(const RecordSection&, const RecordSection&) = default;
};

}  // namespace merlon
