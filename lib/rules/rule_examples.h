#pragma once
/// Runs the `[[bad]]` and `[[good]]` examples of rules: what `merlon rules test` and the golden
/// test do.
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "model/rule.h"
#include "rules/matcher.h"

namespace merlon {

enum class ExampleFault {
  kSilent,      ///< a bad example did not fire its rule
  kAlarm,       ///< a good example fired its rule
  kBudget,      ///< the rule reached a bound on its own example
  kUnreadable,  ///< the manifest of an example could not be read as a manifest
};

struct ExampleFailure {
  std::string rule_id;
  ExampleFault fault{ExampleFault::kSilent};
  bool bad{true};        ///< of `[[bad]]`
  std::size_t index{0};  ///< of that list, from 0
  std::string seen;      ///< what the rule found, or why it could not be read
};

/// Whether a rule fired on a whole manifest; nothing but `kUnreadable` or silence from an empty
/// function.
struct ManifestAnswer {
  bool readable{true};
  bool fired{false};
  std::string seen;
};
/// Scans one manifest with all rules and says whether `rule_id` is among its findings. Handed in,
/// since the scanner is in a higher band.
using ManifestRunner = std::function<ManifestAnswer(
    const std::string& file, const std::string& text, const std::string& rule_id)>;

/// Failures in the order of the rules and their examples. `compiled` holds the same rules.
[[nodiscard]] std::vector<ExampleFailure> test_rule_examples(const std::vector<Rule>& rules,
                                                             const CompiledRules& compiled,
                                                             const Limits& limits,
                                                             const ManifestRunner& run_manifest);

}  // namespace merlon
