#include "replay/expectation_check.h"

#include <utility>

#include "base/text.h"

namespace merlon {

ExpectationCheck::ExpectationCheck(const PolicyExpectations* expected)
    : silent_(expected == nullptr) {
  if (expected != nullptr) {
    for (const MessageExpectation& one : expected->messages) {
      open_.emplace(one.sequence, &one);
    }
  }
}

void ExpectationCheck::judge(const MessageExpectation& one, const Decision& decision) {
  const std::vector<std::string> wrong = unmet(one.expected, decision);
  if (!one.todo.empty() && !wrong.empty()) {
    ++out_.todo;
    return;
  }
  if (!one.todo.empty()) {
    out_.failures.push_back(
        {one.sequence, "the expectation holds: take its `todo` out", one.where});
  } else if (!wrong.empty()) {
    out_.failures.push_back({one.sequence, join(wrong, "; "), one.where});
  }
}

void ExpectationCheck::check(std::uint64_t sequence, const Decision& decision) {
  if (silent_) {
    return;
  }
  const auto found = open_.find(sequence);
  if (found != open_.end()) {
    ++out_.checked;
    judge(*found->second, decision);
    open_.erase(found);
    return;
  }
  if (decision.would_be != Verdict::kAllow) {
    ++out_.checked;
    out_.failures.push_back({sequence,
                             "unexpected: " + std::string(to_string(decision.would_be)) + " by `" +
                                 join(determining_rules(decision), "`, `") + "`",
                             {}});
  }
}

ExpectationResults ExpectationCheck::finish() && {
  for (const auto& [sequence, one] : open_) {
    ++out_.checked;
    if (one->todo.empty()) {
      out_.failures.push_back({sequence, "the message was not decided", one->where});
    } else {
      ++out_.todo;
    }
  }
  return std::move(out_);
}

}  // namespace merlon
