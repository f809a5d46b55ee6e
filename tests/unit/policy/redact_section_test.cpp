#include "policy/redact_section.h"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"

namespace merlon {
namespace {

Policy redacting_policy(const std::string& section) {
  auto policy =
      parse_policy(SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n" + section), {});
  REQUIRE(policy.has_value());
  return *std::move(policy);
}

}  // namespace

TEST_CASE("redact section: without one no personal data is masked") {
  CHECK(RedactSection::of(redacting_policy("")) == RedactSection{});
}

TEST_CASE("redact section: of the system's and the user's all that either names") {
  Policy policy = redacting_policy(
      "[redact]\npersonal_data = [\"payment-card\", \"mail-address\", \"payment-card\"]\n");
  CHECK(RedactSection::of(policy) ==
        RedactSection{.personal_data = {"mail-address", "payment-card"}});
  policy.minimum = std::make_shared<const Policy>(
      redacting_policy("[redact]\npersonal_data = [\"person-number\", \"mail-address\"]\n"));
  CHECK(RedactSection::of(policy) ==
        RedactSection{.personal_data = {"mail-address", "payment-card", "person-number"}});
}

TEST_CASE("redact section: what is wrong with it is an error of the policy, with its place") {
  const auto compiled = compile_policy(
      redacting_policy("[redact]\npersonal_data = [\"payment-cards\"]\nsecrets = false\n"), {});
  REQUIRE_FALSE(compiled.has_value());
  REQUIRE(compiled.error().size() == 2);
  std::string all;
  for (const Error& error : compiled.error()) {
    all += std::to_string(error.where.line) + ": " + error.message + "\n";
  }
  CHECK(all.find("4: no personal data is named `payment-cards`") != std::string::npos);
  CHECK(all.find("5: ") != std::string::npos);
}

}  // namespace merlon
