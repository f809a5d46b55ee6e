#include "policy/expectation.h"

#include <set>

#include "base/text.h"

namespace merlon {
namespace {

std::string rule_words(const std::vector<std::string>& words) {
  return words.empty() ? "no rule" : "`" + join(words, "`, `") + "`";
}

}  // namespace

std::vector<std::string> determining_rules(const Decision& decision) {
  std::set<std::string> rules;
  for (const Reason* const reason : determining_reasons(decision)) {
    rules.insert(reason->rule_id);
  }
  return {rules.begin(), rules.end()};
}

std::vector<std::string> unmet(const Expectation& expected, const Decision& decision) {
  const std::vector<std::string> rules = determining_rules(decision);
  if (decision.would_be != expected.verdict) {
    return {"expected " + std::string(to_string(expected.verdict)) + ", got " +
            std::string(to_string(decision.would_be)) + " by " + rule_words(rules)};
  }
  std::vector<std::string> out;
  if (rules != expected.rules) {
    out.push_back("expected " + rule_words(expected.rules) + ", got " + rule_words(rules));
  }
  if (!expected.sent.empty() && decision.rewritten.value_or("") != expected.sent) {
    out.push_back("expected to send `" + escape_for_display(shorten(expected.sent, 400)) +
                  "`, got `" + escape_for_display(shorten(decision.rewritten.value_or(""), 400)) +
                  "`");
  }
  return out;
}

}  // namespace merlon
