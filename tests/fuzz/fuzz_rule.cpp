// A rule file and, behind the first NUL, a text. The loader says every problem in words and in one
// line; a rule that it takes can be compiled and packed, and what the rule finds in the text does
// not depend on the prefilter.
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "fuzz/document_invariants.h"
#include "fuzz/hit_invariants.h"
#include "rules/matcher.h"
#include "rules/rule_loader.h"

namespace {

using merlon::test::broken;

void check_loaded(merlon::Rule rule, const std::string& text) {
  const merlon::Surface surface = merlon::test::some_surface_of(rule.surfaces);
  const auto compiled = merlon::CompiledRules::compile(
      {std::move(rule)}, {.name = "fuzz", .version = "1", .digest = "", .rules = 1});
  if (!compiled) {
    broken("a rule that was loaded cannot be compiled: " + compiled.error().front().message);
  }
  merlon::test::check_hits(**compiled, surface, text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = input.find('\0');
  auto rule = merlon::parse_rule(merlon::SourceText::copy_of("fuzz.toml", input.substr(0, middle)),
                                 "custom", {});
  if (!rule) {
    merlon::test::check_errors(rule.error());
    return 0;
  }
  std::string text = rule->bad.empty() ? "" : rule->bad.front().text;
  if (middle != std::string::npos) {
    text = input.substr(middle + 1);
  }
  check_loaded(*std::move(rule), text);
  return 0;
}
