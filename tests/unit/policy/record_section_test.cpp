#include "policy/record_section.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"

namespace merlon {
namespace {

Policy policy_saying(const std::string& section) {
  auto policy =
      parse_policy(SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n" + section), {});
  REQUIRE(policy.has_value());
  return *std::move(policy);
}

}  // namespace

TEST_CASE("record section: without one everything is kept, as the writer's defaults say") {
  const RecordSection none = RecordSection::of(policy_saying(""));
  CHECK(none == RecordSection{});
  CHECK(none.results == RecordedResults::kFull);
  CHECK(none.unreadable_bytes == 64ULL << 10);
}

TEST_CASE("record section: what it says holds; of the system's and the user's the less") {
  Policy policy = policy_saying("[record]\nresults = \"full\"\nunreadable_bytes = 0\n");
  CHECK(RecordSection::of(policy) ==
        RecordSection{.results = RecordedResults::kFull, .unreadable_bytes = 0});
  policy.minimum = std::make_shared<const Policy>(
      policy_saying("[record]\nresults = \"digest\"\nunreadable_bytes = 9\n"));
  CHECK(RecordSection::of(policy) ==
        RecordSection{.results = RecordedResults::kDigest, .unreadable_bytes = 0});
}

TEST_CASE("record section: what is wrong with it is an error of the policy, with its place") {
  const auto compiled = compile_policy(
      policy_saying("[record]\nresults = \"none\"\nunreadable_bytes = -1\nfull = true\n"), {});
  REQUIRE_FALSE(compiled.has_value());
  std::vector<std::string> found;
  for (const Error& error : compiled.error()) {
    found.push_back(std::to_string(error.where.line) + ": " + error.message);
  }
  REQUIRE(found.size() == 3);
  CHECK(found[0].starts_with("4: "));
  CHECK(found[1].starts_with("5: "));
  CHECK(found[2].starts_with("6: "));
}

}  // namespace merlon
