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

Policy policy_of(std::string_view section) {
  auto policy = merlon::parse_policy(
      merlon::SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n" + std::string(section)),
      merlon::Limits());
  REQUIRE(policy);
  return *std::move(policy);
}

std::string given(const Policy& policy, const ChildEnvironmentChoice& choice) {
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
  CHECK(given(policy_of(""), {}) == "HOME=/h PATH=/bin ");
  CHECK(given(policy_of(""), {.named = {"OTHER", "NEW=1=2", "MISSING"}, .secrets = {}}) ==
        "HOME=/h NEW=1=2 OTHER=o PATH=/bin ");
  CHECK(given(policy_of(""), {.named = {}, .secrets = {{"TOKEN", "t"}}}) ==
        "HOME=/h PATH=/bin TOKEN=t ");
  CHECK(given(policy_of("[environment]\nallow = [\"AWS_*\"]\n"), {}) ==
        "AWS_ID=i AWS_KEY=a HOME=/h PATH=/bin ");
}

TEST_CASE("child environment: everything only where the policy says so, shell functions never") {
  CHECK(given(policy_of("[environment]\ninherit = \"all\"\n"), {}) ==
        "AWS_ID=i AWS_KEY=a HOME=/h OTHER=o PATH=/bin ");
}

TEST_CASE("child environment: the system's policy takes away, also from the command line") {
  Policy policy = policy_of("[environment]\ninherit = \"all\"\n");
  policy.minimum =
      std::make_shared<const Policy>(policy_of("[environment]\nallow = [\"AWS_ID\"]\n"));
  CHECK(given(policy, {}) == "AWS_ID=i HOME=/h PATH=/bin ");
  CHECK(given(policy, {.named = {"OTHER"}, .secrets = {}}) ==
        "the system's policy keeps the environment variable `OTHER` from servers");
  CHECK(given(policy, {.named = {}, .secrets = {{"TOKEN", "t"}}}) ==
        "the system's policy keeps the environment variable `TOKEN` from servers");
  policy.minimum = std::make_shared<const Policy>(policy_of(""));
  CHECK(given(policy, {.named = {"X=1"}, .secrets = {}}).find("X=1") != std::string::npos);
}

TEST_CASE("child environment: a name that is none, or that is given twice, is an error") {
  CHECK(given(policy_of(""), {.named = {"=x"}, .secrets = {}}) ==
        "`` cannot be the name of an environment variable");
  CHECK(given(policy_of(""), {.named = {"A=1"}, .secrets = {{"A", "2"}}}) ==
        "the environment variable `A` is given twice");
}
