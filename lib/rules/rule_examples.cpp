#include "rules/rule_examples.h"

#include <algorithm>

namespace merlon {
namespace {

class ExampleRunner {
 public:
  ExampleRunner(const CompiledRules& compiled, const Limits& limits,
                const ManifestRunner& run_manifest)
      : compiled_(compiled), state_(compiled, limits), run_manifest_(run_manifest) {}

  void run(const Rule& rule, bool bad, std::vector<ExampleFailure>& failures) {
    const std::vector<RuleExample>& examples = bad ? rule.bad : rule.good;
    for (std::size_t i = 0; i < examples.size(); ++i) {
      ExampleFailure failure{.rule_id = rule.id, .bad = bad, .index = i};
      const bool failed = examples[i].manifest ? fails_on_manifest(rule, examples[i], failure)
                                               : fails_on_text(rule, examples[i], failure);
      if (failed) {
        failures.push_back(std::move(failure));
      }
    }
  }

 private:
  bool fails_on_text(const Rule& rule, const RuleExample& example, ExampleFailure& failure) {
    hits_.clear();
    state_.match(example.surface, example.text, hits_);
    const auto index = compiled_.find(rule.id);
    const auto hit =
        std::find_if(hits_.begin(), hits_.end(), [&](const RuleHit& h) { return h.rule == index; });
    if (hit != hits_.end() && hit->budget_exceeded) {
      failure.fault = ExampleFault::kBudget;
      return true;
    }
    const bool fired = hit != hits_.end();
    if (fired) {
      failure.seen = hit->evidence;
    }
    failure.fault = failure.bad ? ExampleFault::kSilent : ExampleFault::kAlarm;
    return fired != failure.bad;
  }

  bool fails_on_manifest(const Rule& rule, const RuleExample& example, ExampleFailure& failure) {
    const ManifestAnswer answer = run_manifest_(example.file, example.text, rule.id);
    failure.seen = answer.seen;
    if (!answer.readable) {
      failure.fault = ExampleFault::kUnreadable;
      return true;
    }
    failure.fault = failure.bad ? ExampleFault::kSilent : ExampleFault::kAlarm;
    return answer.fired != failure.bad;
  }

  const CompiledRules& compiled_;
  RuleMatcherState state_;
  const ManifestRunner& run_manifest_;
  std::vector<RuleHit> hits_;
};

}  // namespace

std::vector<ExampleFailure> test_rule_examples(const std::vector<Rule>& rules,
                                               const CompiledRules& compiled, const Limits& limits,
                                               const ManifestRunner& run_manifest) {
  ExampleRunner runner(compiled, limits, run_manifest);
  std::vector<ExampleFailure> failures;
  for (const Rule& rule : rules) {
    runner.run(rule, true, failures);
    runner.run(rule, false, failures);
  }
  return failures;
}

}  // namespace merlon
