#pragma once
/// Ways in which an attacker writes a text so that filters do not see it, applied to the bad
/// examples of rules: a rule that only knows the plain spelling is not much of a rule.
///
///   for (const VariantCount& row : test_rule_variants(rules, compiled, limits, scan_text)) ...
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "model/rule.h"
#include "rules/matcher.h"

namespace merlon {

struct EvasionVariant {
  std::string_view name;
  std::string (*write)(std::string_view text);
};

/// In the order of the table that `merlon rules test --variants` prints.
[[nodiscard]] std::span<const EvasionVariant> evasion_variants();
[[nodiscard]] const EvasionVariant* find_evasion_variant(std::string_view name);

struct VariantMiss {
  std::string rule_id;
  std::size_t index{0};  ///< of the rule's bad examples, from 0
};

struct VariantCount {
  std::string_view name;
  std::size_t total{0};
  std::size_t by_rule{0};   ///< the example's own rule fires
  std::size_t reported{0};  ///< its own rule does not, but something else is found
  std::size_t exempt{0};    ///< the rule says that the variant does not apply (`skip_variants`)
  std::vector<VariantMiss> misses;
};

/// What a scan of a tool with this description finds: rule ids. Handed in, since the scanner is in
/// a higher band.
using TextScanner = std::function<std::vector<std::string>(const std::string& text)>;

/// Bad examples of descriptions, of rules that match texts and are not about secrets (whose letters
/// cannot be changed), in every variant.
[[nodiscard]] std::vector<VariantCount> test_rule_variants(const std::vector<Rule>& rules,
                                                           const CompiledRules& compiled,
                                                           const Limits& limits,
                                                           const TextScanner& scan_text);

}  // namespace merlon
