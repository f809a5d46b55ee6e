// Any bytes against the rules that are built in, on a surface that the length decides: hits lie in
// the text, come in order, are the same again and the same without the prefilter.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "fuzz/hit_invariants.h"
#include "rules/matcher.h"

namespace {

const merlon::CompiledRules& built_in_rules() {
  static const auto rules = merlon::CompiledRules::built_in();
  if (!rules) {
    merlon::test::broken(rules.error().message);
  }
  return **rules;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // Every second input is a tool's description, where most rules look.
  const auto count = static_cast<std::size_t>(merlon::Surface::kCount);
  const auto surface = size % 2 == 0 ? merlon::Surface::kToolDescription
                                     : static_cast<merlon::Surface>(size / 2 % count);
  merlon::test::check_hits(built_in_rules(), surface, text);
  return 0;
}
