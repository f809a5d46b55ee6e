#include "scan/rule_table.h"

#include <algorithm>

#include "base/text.h"

namespace merlon {

RuleTable::RuleTable(const CompiledRules& pack, const ScanSettings& settings)
    : pack_(pack), settings_(settings), engine_(engine_rules()) {
  for (const Rule& rule : engine_) {
    others_.emplace(rule.id, &rule);
  }
  for (const ExtraCheck& check : settings.extra_checks) {
    for (const Rule& rule : check.rules) {
      others_.emplace(rule.id, &rule);
    }
  }
}

const Rule* RuleTable::find(std::string_view id) const {
  if (const auto index = pack_.find(id)) {
    return &pack_.rule(*index);
  }
  const auto other = others_.find(id);
  return other == others_.end() ? nullptr : other->second;
}

EffectiveRule RuleTable::effective(const Rule& rule, std::string_view file) const {
  EffectiveRule out{.severity = rule.severity, .tier = rule.tier};
  for (const RuleOverride& change : settings_.overrides) {
    if (!glob_match(change.rule, rule.id)) {
      continue;
    }
    if (!change.files.empty() && std::none_of(change.files.begin(), change.files.end(),
                                              [&](const auto& g) { return glob_match(g, file); })) {
      continue;
    }
    out.severity = change.severity.value_or(out.severity);
    out.tier = change.tier.value_or(out.tier);
    if (change.disable) {
      out.disabled_by = &change;
    }
  }
  return out;
}

}  // namespace merlon
