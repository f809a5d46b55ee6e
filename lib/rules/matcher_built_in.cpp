// Apart from matcher.cpp, so that the rule compiler, which makes the embedded pack, links without
// one.
#include "rules/matcher.h"
#include "rules/pack.h"

namespace merlon {

Result<std::shared_ptr<const CompiledRules>> CompiledRules::built_in() {
  return open(embedded_pack(), embedded_pack_regexes(), PackTrust::kBuiltIn);
}

Result<std::vector<Rule>> built_in_rules_with_examples() {
  MERLON_TRY(const PackView pack, open_pack(embedded_pack(), PackTrust::kBuiltIn));
  return unpack_rules_with_examples(pack);
}

}  // namespace merlon
