#pragma once
/// Matchers of rules for guards: a RuleMatcherState belongs to one thread and costs much to make,
/// a guard is const and asked by any thread. The pool lends one at a time.
///
///   const TextJudgePool::Lease judge = pool.take();
///   judge->matcher.match(Surface::kOther, text, hits);
///
/// Safe from many threads; a lease belongs to one. At most kMostIdle are kept.
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "rules/instruction/instruction_model.h"
#include "rules/instruction/instruction_scorer.h"
#include "rules/matcher.h"

namespace merlon {

struct TextJudge {
  TextJudge(const CompiledRules& rules, const Limits& limits, Prefilter prefilter)
      : matcher(rules, limits, prefilter), scorer(built_in_instruction_model()) {}
  RuleMatcherState matcher;
  InstructionScorer scorer;
};

class TextJudgePool {
 public:
  static constexpr std::size_t kMostIdle = 8;

  class Lease {
   public:
    Lease(TextJudgePool& pool, std::unique_ptr<TextJudge> judge)
        : pool_(pool), judge_(std::move(judge)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { pool_.give_back(std::move(judge_)); }
    TextJudge* operator->() const { return judge_.get(); }

   private:
    TextJudgePool& pool_;
    std::unique_ptr<TextJudge> judge_;
  };

  TextJudgePool(std::shared_ptr<const CompiledRules> rules, const Limits& limits,
                Prefilter prefilter = Prefilter::kOn);

  [[nodiscard]] Lease take();
  [[nodiscard]] const CompiledRules& rules() const { return *rules_; }
  [[nodiscard]] const Limits& limits() const { return limits_; }

 private:
  void give_back(std::unique_ptr<TextJudge> judge);

  std::shared_ptr<const CompiledRules> rules_;
  Limits limits_;
  Prefilter prefilter_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<TextJudge>> idle_;
};

}  // namespace merlon
