#include "policy/policy_order.h"

#include <doctest/doctest.h>

#include "policy/policy_loader.h"

using merlon::looser_points;
using merlon::Policy;

namespace {

constexpr std::string_view kOrderedBase = R"(
[defaults]
unlisted_tool = "ask"
on_error = "ask"

[[guard]]
type = "tool-list"
priority = 1

[[guard]]
type = "rate-limit"
[[guard.config.limit]]
max = 100
window = 60

[[guard]]
type = "action-tier"
runs_on = ["tool_invoke"]
timeout_ms = 50
on_error = "deny"
[guard.config]
write = "warn"

[[tool]]
tool = "read_*"
decision = "warn"

[[tool]]
tool = "write_*"
tier = "write"

[rule_of_two]
mode = "session"
)";

Policy ordered_policy(std::string_view text) {
  auto policy = merlon::parse_policy(
      merlon::SourceText::copy_of("p.toml", "format = 1\nname = \"p\"\n" + std::string(text)),
      merlon::Limits());
  REQUIRE(policy);
  return *std::move(policy);
}

/// The base with one text replaced.
std::string base_edited(std::string_view from, std::string_view to) {
  std::string out(kOrderedBase);
  const std::size_t at = out.find(from);
  REQUIRE(at != std::string::npos);
  return out.replace(at, from.size(), to);
}

bool tightens(std::string_view text) {
  return looser_points(ordered_policy(kOrderedBase), ordered_policy(text)).empty();
}

}  // namespace

TEST_CASE("policy order: the same policy, and what only words differ in, tightens") {
  CHECK(tightens(kOrderedBase));
  CHECK(tightens("version = 7\ndescription = \"new\"\n" + std::string(kOrderedBase)));
  CHECK(tightens(base_edited("max = 100\nwindow = 60", "window = 60\nmax = 100")));
  CHECK(tightens(base_edited("tier = \"write\"", "tier = \"write\"\nreason = \"why\"")));
}

TEST_CASE("policy order: what is known to tighten") {
  CHECK(tightens(base_edited("max = 100", "max = 99")));
  CHECK(tightens(base_edited("write = \"warn\"", "write = \"deny\"")));
  CHECK(tightens(base_edited("unlisted_tool = \"ask\"", "unlisted_tool = \"deny\"")));
  CHECK(tightens(base_edited("decision = \"warn\"", "decision = \"ask\"")));
  CHECK(tightens(base_edited("decision = \"warn\"", "decision = \"warn\"\nhidden = true")));
  CHECK(tightens(
      base_edited("runs_on = [\"tool_invoke\"]", "runs_on = [\"tool_invoke\", \"request\"]")));
  CHECK(tightens(base_edited("runs_on = [\"tool_invoke\"]\n", "")));
  CHECK(tightens(base_edited("timeout_ms = 50", "timeout_ms = 20")));
  CHECK(
      tightens(base_edited("[[tool]]", "[[tool]]\ntool = \"x\"\ndecision = \"deny\"\n\n[[tool]]")));
  CHECK(tightens(std::string(kOrderedBase) + "\n[[guard]]\ntype = \"secrets\"\n"));
  CHECK(looser_points(
            ordered_policy("mode = \"shadow\"\nshadow_share = 0.5\n" + std::string(kOrderedBase)),
            ordered_policy(kOrderedBase))
            .empty());
}

TEST_CASE("policy order: everything else counts as loosening") {
  CHECK_FALSE(tightens("mode = \"shadow\"\n" + std::string(kOrderedBase)));
  CHECK_FALSE(tightens("shadow_share = 0.1\n" + std::string(kOrderedBase)));
  for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"max = 100", "max = 101"},
           {"window = 60", "window = 59"},
           {"write = \"warn\"", "write = \"allow\""},
           {"write = \"warn\"", "read = \"deny\""},
           {"unlisted_tool = \"ask\"", "unlisted_tool = \"allow\""},
           {"on_error = \"deny\"", "on_error = \"allow\""},
           {"timeout_ms = 50", "timeout_ms = 51"},
           {"decision = \"warn\"", "decision = \"allow\""},
           {"decision = \"warn\"\n", ""},
           {"tool = \"read_*\"", "tool = \"read_a*\""},
           {"tier = \"write\"", "tier = \"admin\""},
           {"type = \"tool-list\"", "type = \"tool-list\"\nenabled = false"},
           {"type = \"tool-list\"", "type = \"tool-list\"\nshadow = true"},
           {"priority = 1", "priority = 1000"},
           {"runs_on = [\"tool_invoke\"]", "runs_on = [\"request\"]"},
           {"[[tool]]", "[[tool]]\ntool = \"x\"\n\n[[tool]]"},
           {"mode = \"session\"", "mode = \"other\""},
           {"[rule_of_two]\nmode = \"session\"\n", ""}}) {
    CAPTURE(from);
    CAPTURE(to);
    CHECK_FALSE(tightens(base_edited(from, to)));
  }
  // A new entry that denies means nothing where no guard reads it.
  CHECK_FALSE(looser_points(ordered_policy("[[tool]]\ntool = \"a\"\n"),
                            ordered_policy("[[tool]]\ntool = \"x\"\ndecision = \"deny\"\n\n"
                                           "[[tool]]\ntool = \"a\"\n"))
                  .empty());
}

TEST_CASE("policy order: the system's policy may come, and only tighten") {
  Policy from = ordered_policy(kOrderedBase);
  Policy to = ordered_policy(kOrderedBase);
  to.minimum = std::make_shared<const Policy>(ordered_policy(kOrderedBase));
  CHECK(looser_points(from, to).empty());
  CHECK(looser_points(to, from) == std::vector<std::string>{"the system's policy is gone"});
  from.minimum =
      std::make_shared<const Policy>(ordered_policy(base_edited("max = 100", "max = 5")));
  CHECK(
      looser_points(from, to) ==
      std::vector<std::string>{"the system's policy: guard `rate-limit` is configured otherwise"});
}
