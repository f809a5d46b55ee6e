#include "rules/rule_examples.h"

#include <doctest/doctest.h>

namespace merlon {

TEST_CASE("rule examples: every bad text of the built-in pack fires its rule, no good one does") {
  const auto rules = built_in_rules_with_examples();
  const auto compiled = CompiledRules::built_in();
  REQUIRE(rules);
  REQUIRE(compiled);
  CHECK(rules->size() >= 60);
  // Whole manifests need the scanner: tests/golden/rule_examples_test.cpp.
  const auto skip = [](const std::string&, const std::string&, const std::string&) {
    return ManifestAnswer{};
  };
  std::size_t texts = 0;
  std::vector<Rule> with_texts = *rules;
  for (Rule& rule : with_texts) {
    std::erase_if(rule.bad, [](const RuleExample& e) { return e.manifest; });
    std::erase_if(rule.good, [](const RuleExample& e) { return e.manifest; });
    texts += rule.bad.size() + rule.good.size();
  }
  CHECK(texts >= 200);
  for (const ExampleFailure& failure : test_rule_examples(with_texts, **compiled, Limits{}, skip)) {
    FAIL_CHECK(failure.rule_id << ": " << (failure.bad ? "bad" : "good") << " example "
                               << failure.index + 1 << ", fault " << static_cast<int>(failure.fault)
                               << ": " << failure.seen);
  }
}

TEST_CASE("rule examples: each kind of fault is reported with its example") {
  Rule rule;
  rule.id = "word";
  rule.surfaces = surface_bit(Surface::kToolDescription);
  rule.any = {{.kind = MatcherKind::kPhrase, .text = "secret word"}};
  rule.bad = {{.text = "The secret word."},
              {.text = "nothing"},
              {.text = "{", .manifest = true, .file = "x.json"}};
  rule.good = {{.text = "nothing"}, {.text = "A SECRET  word"}};
  Rule slow;
  slow.id = "slow";
  slow.surfaces = rule.surfaces;
  slow.any = {{.kind = MatcherKind::kPattern, .text = "(?:a|b)+?\\d"}};
  slow.bad = {{.text = std::string(60'000, 'a')}};
  const std::vector<Rule> rules{slow, rule};
  const auto compiled = CompiledRules::compile(rules, {});
  REQUIRE(compiled);
  const auto unreadable = [](const std::string&, const std::string&, const std::string&) {
    return ManifestAnswer{.readable = false, .seen = "not JSON"};
  };
  std::vector<std::string> got;
  for (const ExampleFailure& f : test_rule_examples(rules, **compiled, Limits{}, unreadable)) {
    got.push_back(f.rule_id + (f.bad ? " bad " : " good ") + std::to_string(f.index) + " " +
                  std::to_string(static_cast<int>(f.fault)) + " " + f.seen);
  }
  CHECK(got == std::vector<std::string>{"slow bad 0 2 ", "word bad 1 0 ", "word bad 2 3 not JSON",
                                        "word good 1 1 SECRET  word"});
}

}  // namespace merlon
