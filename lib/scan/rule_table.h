#pragma once
/// Rules by id, wherever they come from: the pack, the scanner itself, an extra check; and what the
/// scan configuration makes of them.
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/rule.h"
#include "rules/matcher.h"
#include "scan/scanner.h"

namespace merlon {

/// What holds for one rule in one file.
struct EffectiveRule {
  Severity severity{Severity::kMedium};
  Tier tier{Tier::kHard};
  const RuleOverride* disabled_by{nullptr};
};

/// Immutable once made; safe to call from many threads. Keeps references to what it was made from.
class RuleTable {
 public:
  RuleTable(const CompiledRules& pack, const ScanSettings& settings);

  /// Null for an unknown id.
  [[nodiscard]] const Rule* find(std::string_view id) const;
  [[nodiscard]] const Rule& pack_rule(std::uint32_t index) const { return pack_.rule(index); }
  [[nodiscard]] EffectiveRule effective(const Rule& rule, std::string_view file) const;

 private:
  const CompiledRules& pack_;
  const ScanSettings& settings_;
  std::vector<Rule> engine_;
  std::unordered_map<std::string_view, const Rule*> others_;
};

}  // namespace merlon
