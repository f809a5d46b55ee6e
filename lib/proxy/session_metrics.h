#pragma once
/// What a guarded session has done so far, in numbers; for `merlon status`. Counting costs a few
/// additions a message. Times are taken of one message in `kSampled`.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json/json_writer.h"
#include "policy/compiled_policy.h"

namespace merlon {

struct GuardMetrics {
  std::array<std::uint64_t, 5> verdicts{};  ///< by Verdict; of allow nothing is counted
  std::uint64_t errors{0};
  std::uint64_t late{0};
  std::uint64_t timed{0};       ///< messages that times were taken of
  std::uint64_t total_ns{0};    ///< of those
  std::uint64_t longest_ns{0};  ///< of those
};

class SessionMetrics {
 public:
  static constexpr std::uint64_t kSampled = 64;

  /// Starts anew for the guards of this policy; the numbers of messages stay.
  void use(const CompiledPolicy& policy);
  /// True when times are to be taken of the next decision.
  [[nodiscard]] bool wants_times() { return ++decisions_ % kSampled == 0; }
  void add_times(const std::vector<std::uint64_t>& nanoseconds);
  void count(const Event& event, const Decision& decision);
  void count_unreadable(Direction direction) { ++unreadable_[static_cast<std::size_t>(direction)]; }

  /// Members of an object that is open.
  void write(JsonWriter& json) const;

 private:
  std::vector<std::string> ids_;
  std::vector<GuardMetrics> guards_;
  std::array<std::array<std::uint64_t, 5>, 2> verdicts_{};  ///< by Direction and Verdict
  std::array<std::uint64_t, 2> unreadable_{};
  std::array<std::uint64_t, 2> bytes_{};
  std::uint64_t decisions_{0};
};

}  // namespace merlon
