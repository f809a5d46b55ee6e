#include "rules_actions.h"

#include <algorithm>
#include <iterator>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "capability/lock.h"
#include "rules/matcher.h"
#include "scan/scanner.h"

namespace merlon::cli {

int fail_rules(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

int fail_rules(Env& env, const std::vector<Error>& errors, int code) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  return code;
}

Result<std::vector<Rule>> known_rules() {
  MERLON_TRY(auto rules, built_in_rules_with_examples());
  std::vector<Rule> others = engine_rules();
  std::ranges::move(lock_rules(), std::back_inserter(others));
  for (Rule& engine : others) {
    const bool known = std::any_of(rules.begin(), rules.end(),
                                   [&](const Rule& rule) { return rule.id == engine.id; });
    if (!known) {
      rules.push_back(std::move(engine));
    }
  }
  std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  return rules;
}

Error unknown_word(std::string_view what, std::string_view word,
                   const std::vector<std::string_view>& known, std::string_view otherwise) {
  Error error = make_error(ErrorCode::kUsage, "unknown ", what, " `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? std::string(otherwise)
                                     : "did you mean `" + std::string(near) + "`?");
  return error;
}

}  // namespace merlon::cli
