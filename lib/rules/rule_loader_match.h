#pragma once
/// The `[match]` table of a rule file.
#include "model/rule.h"
#include "rules/rule_loader_fields.h"

namespace merlon {

/// Fills the matchers, scopes and defaults of `rule` from the table; problems go to `fields`.
void read_match(FieldReader& fields, NodeId table, Rule& rule);

}  // namespace merlon
