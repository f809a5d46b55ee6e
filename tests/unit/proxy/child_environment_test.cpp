#include "proxy/child_environment.h"

#include <doctest/doctest.h>

#include "policy/policy_loader.h"

using merlon::child_environment;
using merlon::ChildEnvironmentChoice;
using merlon::EnvironmentVariable;
using merlon::Policy;

namespace {

const std::vector<EnvironmentVariable> kOurs{{"PATH", "/bin"}, {"HOME", "/h"}, {"AWS_KEY", "a"},
                                             {"AWS_ID", "i"},  {"OTHER", "o"}, {"FUNC", "() { :;}"},
                                             {"PATH", "/2"}};

Policy environment_policy(std::string_view section) {
  auto policy = merlon::parse_policy(
      merlon::SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n" + std::string(section)),
      merlon::Limits());
  REQUIRE(policy);
  return *std::move(policy);
}

std::string environment_given(const Policy& policy, const ChildEnvironmentChoice& choice) {
  const auto made = child_environment(kOurs, policy, choice);
  if (!made) {
    return made.error().message;
  }
  std::string out;
  for (const EnvironmentVariable& entry : *made) {
    out += entry.name + "=" + entry.value + " ";
  }
  return out;
}

}  // namespace

TEST_CASE("child environment: the usual names, and what is named; no more") {
  CHECK(environment_given(environment_policy(""), {}) == "HOME=/h PATH=/bin ");
  CHECK(environment_given(environment_policy(""),
                          {.named = {"OTHER", "NEW=1=2", "MISSING"}, .secrets = {}}) ==
        "HOME=/h NEW=1=2 OTHER=o PATH=/bin ");
  CHECK(environment_given(environment_policy(""), {.named = {}, .secrets = {{"TOKEN", "t"}}}) ==
        "HOME=/h PATH=/bin TOKEN=t ");
  CHECK(environment_given(environment_policy("[environment]\nallow = [\"AWS_*\"]\n"), {}) ==
        "AWS_ID=i AWS_KEY=a HOME=/h PATH=/bin ");
}

TEST_CASE("child environment: everything only where the policy says so, shell functions never") {
  CHECK(environment_given(environment_policy("[environment]\ninherit = \"all\"\n"), {}) ==
        "AWS_ID=i AWS_KEY=a HOME=/h OTHER=o PATH=/bin ");
}

TEST_CASE("child environment: the system's policy takes away, also from the command line") {
  Policy policy = environment_policy("[environment]\ninherit = \"all\"\n");
  policy.minimum =
      std::make_shared<const Policy>(environment_policy("[environment]\nallow = [\"AWS_ID\"]\n"));
  CHECK(environment_given(policy, {}) == "AWS_ID=i HOME=/h PATH=/bin ");
  CHECK(environment_given(policy, {.named = {"OTHER"}, .secrets = {}}) ==
        "the system's policy keeps the environment variable `OTHER` from servers");
  CHECK(environment_given(policy, {.named = {}, .secrets = {{"TOKEN", "t"}}}) ==
        "the system's policy keeps the environment variable `TOKEN` from servers");
  policy.minimum = std::make_shared<const Policy>(environment_policy(""));
  CHECK(environment_given(policy, {.named = {"X=1"}, .secrets = {}}).find("X=1") !=
        std::string::npos);
}

TEST_CASE("child environment: a name that is none, or that is given twice, is an error") {
  CHECK(environment_given(environment_policy(""), {.named = {"=x"}, .secrets = {}}) ==
        "`` cannot be the name of an environment variable");
  CHECK(environment_given(environment_policy(""), {.named = {"A=1"}, .secrets = {{"A", "2"}}}) ==
        "the environment variable `A` is given twice");
}
