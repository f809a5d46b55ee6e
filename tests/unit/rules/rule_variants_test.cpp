#include "rules/rule_variants.h"

#include <doctest/doctest.h>

#include "rules/rule_loader.h"

namespace merlon {
namespace {

std::string variant_of(std::string_view name, std::string_view text) {
  const EvasionVariant* variant = find_evasion_variant(name);
  REQUIRE(variant != nullptr);
  return variant->write(text);
}

}  // namespace

TEST_CASE("variants: each writes the same words in its own way") {
  CHECK(variant_of("upper-case", "Ab c") == "AB C");
  CHECK(variant_of("mixed-case", "abcd") == "aBcD");
  CHECK(variant_of("zero-width", "abc") ==
        "a\xE2\x80\x8B"
        "bc\xE2\x80\x8B");
  CHECK(variant_of("spaced", "ab") == "a b ");
  CHECK(variant_of("leet", "test") == "7357");
  CHECK(variant_of("base64", "hi") == "Looks up a value. aGk=");
  CHECK(variant_of("percent", "a b") == "%61%20%62");
  CHECK(variant_of("html-entities", "a") == "&#97;");
  CHECK(find_evasion_variant("rot5") == nullptr);
}

TEST_CASE("variants: what the rule sees, what something else sees, what nothing sees") {
  Rule rule;
  rule.id = "forget-all";
  rule.surfaces = surface_bit(Surface::kToolDescription);
  rule.any = {{.kind = MatcherKind::kPhrase, .text = "forget all of it"}};
  rule.bad = {{.text = "Forget all of it.", .surface = Surface::kToolDescription}};
  rule.skip_variants = {"spaced"};
  const std::vector<Rule> rules{rule};
  const auto compiled = CompiledRules::compile(rules, {});
  REQUIRE(compiled);
  const auto scan_text = [](const std::string& text) {
    const bool digits = text.find_first_of("0123456789") != std::string::npos;
    return digits ? std::vector<std::string>{"digits"} : std::vector<std::string>{};
  };
  const auto rows = test_rule_variants(rules, **compiled, Limits{}, scan_text);
  REQUIRE(rows.size() == evasion_variants().size());
  for (const VariantCount& row : rows) {
    CAPTURE(row.name);
    CHECK(row.total + row.exempt == 1);
    CHECK(row.by_rule + row.reported + row.misses.size() == row.total);
    CHECK(row.exempt == (row.name == "spaced" ? 1 : 0));
  }
  CHECK(rows.front().by_rule == 1);
}

}  // namespace merlon
