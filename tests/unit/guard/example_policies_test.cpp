#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {

TEST_CASE("example policies: each guard's example compiles and has the guard") {
  const GuardWorld world = test::GuardSession::built_in_world();
  for (const GuardKind& kind : guard_kinds()) {
    const std::string name(kind.name);
    CAPTURE(name);
    std::ifstream file(std::filesystem::path(MERLON_SOURCE_DIR) / "policies/examples" /
                       (name + ".toml"));
    REQUIRE(file.good());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto policy = parse_policy(SourceText::copy_of(name + ".toml", text), {});
    REQUIRE(policy.has_value());
    CHECK(policy->name == "example-" + name);
    CHECK(std::ranges::any_of(policy->guards,
                              [&](const GuardEntry& entry) { return entry.type == name; }));
    const auto compiled = compile_policy(*std::move(policy), world);
    const std::string problem = compiled ? "" : render(compiled.error().front());
    CHECK(problem.empty());
    CAPTURE(problem);
  }
}

}  // namespace merlon
