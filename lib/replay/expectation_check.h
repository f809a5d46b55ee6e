#pragma once
/// Holds the decisions of one session against what is expected of them. For replayer.cpp.
#include <map>

#include "model/decision.h"
#include "replay/replayed_session.h"
#include "replay/session_notes.h"

namespace merlon {

class ExpectationCheck {
 public:
  /// Null: nothing is expected, and nothing can be unexpected.
  explicit ExpectationCheck(const PolicyExpectations* expected);

  /// Every message that was decided.
  void check(std::uint64_t sequence, const Decision& decision);
  /// What was expected of messages that did not come fails.
  [[nodiscard]] ExpectationResults finish() &&;

 private:
  void judge(const MessageExpectation& one, const Decision& decision);

  bool silent_;
  std::map<std::uint64_t, const MessageExpectation*> open_;
  ExpectationResults out_;
};

}  // namespace merlon
