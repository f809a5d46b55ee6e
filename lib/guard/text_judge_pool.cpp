#include "guard/text_judge_pool.h"

namespace merlon {

TextJudgePool::TextJudgePool(std::shared_ptr<const CompiledRules> rules, const Limits& limits,
                             Prefilter prefilter)
    : rules_(std::move(rules)), limits_(limits), prefilter_(prefilter) {
  // Giving back must not allocate: it happens in a destructor.
  idle_.reserve(kMostIdle);
}

TextJudgePool::Lease TextJudgePool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto judge = std::move(idle_.back());
      idle_.pop_back();
      return {*this, std::move(judge)};
    }
  }
  return {*this, std::make_unique<TextJudge>(*rules_, limits_, prefilter_)};
}

void TextJudgePool::give_back(std::unique_ptr<TextJudge> judge) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMostIdle) {
    idle_.push_back(std::move(judge));
  }
}

}  // namespace merlon
