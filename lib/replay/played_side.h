#pragma once
/// One policy's way through a session. For replayer.cpp.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/recorded_session.h"
#include "replay/policy_source.h"
#include "replay/replayed_session.h"

namespace merlon {

/// What a message is about, for people.
struct MessageNames {
  std::string method;
  std::string tool;
};

class PlayedSide {
 public:
  explicit PlayedSide(const PolicySource& policies) : policies_(policies) {}

  /// From here on, the policy for this engine decides. What is wrong with it: nothing.
  [[nodiscard]] std::vector<Error> use(const RecordedEngine& engine, const RecordingHeader& header);

  struct Answer {
    std::optional<ReplayedEvent> event;  ///< nothing: unreachable
    SessionPath path{SessionPath::kTaken};
    MessageNames names;
    StateSnapshot state;
  };
  [[nodiscard]] Answer play(RecordedEvent event);
  [[nodiscard]] ReplayedEvent play(const RecordedUnreadable& line) { return session_->play(line); }
  void lose_line() { session_->lose_line(); }

  /// The same policy as the recorded one, from the beginning up to here: decisions must be equal.
  [[nodiscard]] bool is_recorded_policy() const { return same_policy_; }
  [[nodiscard]] bool has_recorded_rules() const { return same_rules_; }
  [[nodiscard]] const std::optional<std::uint64_t>& diverged_at() const { return diverged_at_; }
  [[nodiscard]] const CompiledPolicy& policy() const { return *policy_; }
  /// Counts of `[[tool]]` entries that calls were judged by.
  [[nodiscard]] const FiredCounts& fired() const { return fired_; }

 private:
  void list_parts();
  [[nodiscard]] MessageNames names_of(const Event& event);

  const PolicySource& policies_;
  std::shared_ptr<const CompiledPolicy> policy_;
  std::unique_ptr<RecordedSession> session_;  ///< null before use()
  bool same_policy_{true};
  bool same_rules_{true};
  std::optional<std::uint64_t> diverged_at_;
  /// Requests that were refused here and not when it was recorded: direction and id.
  std::map<std::pair<Direction, std::string>, MessageNames> refused_;
  FiredCounts fired_;
};

[[nodiscard]] RecordedAction recorded_action_of(Action action);

}  // namespace merlon
