#include "policy/policy_cases.h"

#include <doctest/doctest.h>

#include "policy/policy_loader.h"

namespace merlon {
namespace {

constexpr std::string_view kCasePolicy = R"(format = 1
name = "t"
[[guard]]
type = "tool-list"
[[tool]]
tool = "ask_*"
decision = "ask"
[[tool]]
tool = "no_*"
hidden = true
)";

std::shared_ptr<const CompiledPolicy> case_policy() {
  auto policy = parse_policy(SourceText::copy_of("p.toml", std::string(kCasePolicy)), {});
  REQUIRE(policy.has_value());
  auto compiled = compile_policy(*std::move(policy), {});
  REQUIRE(compiled.has_value());
  return *compiled;
}

std::vector<std::string> failures(const std::string& events) {
  const auto cases = load_policy_cases(
      SourceText::copy_of("p.test.toml", "format = 1\n[[case]]\nname = \"c\"\n" + events), {});
  REQUIRE(cases.has_value());
  return run_policy_case(*case_policy(), cases->front()).failures;
}

std::string problems(const std::string& text) {
  const auto cases = load_policy_cases(SourceText::copy_of("p.test.toml", text), {});
  std::string out;
  for (const Error& error : cases ? std::vector<Error>{} : cases.error()) {
    out += std::to_string(error.where.line) + ": " + error.message + "\n";
  }
  return out;
}

using Lines = std::vector<std::string>;
const std::string kOffer =
    R"(
[[case.event]]
offer = '[{"name":"read","inputSchema":{}},{"name":"ask_me","inputSchema":{}}]'
)";

}  // namespace

TEST_CASE("policy cases: what is expected passes, and nothing is expected to happen by itself") {
  CHECK(failures(kOffer + R"(
[[case.event]]
call = "read"
[[case.event]]
result = '{"content":[]}'
[[case.event]]
call = "ask_me"
verdict = "ask"
rule = "tool-entry"
[[case.event]]
call = "ask_me"
grant = true
verdict = "warn"
rule = ["tool-entry"]
)") == Lines{});
}

TEST_CASE("policy cases: a guard that fires unexpectedly fails the case") {
  CHECK(failures(kOffer + "[[case.event]]\ncall = \"ask_me\"\n") ==
        Lines{"event 3 (line 7): expected allow, got ask by `tool-entry`"});
}

TEST_CASE("policy cases: a guard that does not fire, or fires by another rule, fails the case") {
  CHECK(failures(kOffer + "[[case.event]]\ncall = \"read\"\nverdict = \"ask\"\nrule = \"x\"\n") ==
        Lines{"event 3 (line 7): expected ask, got allow by no rule"});
  CHECK(failures(kOffer + "[[case.event]]\ncall = \"ask_me\"\nverdict = \"ask\"\nrule = \"x\"\n") ==
        Lines{"event 3 (line 7): expected `x`, got `tool-entry`"});
}

TEST_CASE("policy cases: a fact that a guard wants and the event does not have fails the case") {
  CHECK(failures("[[case.event]]\ncall = \"read\"\nverdict = \"deny\"\n") ==
        Lines{"event 1 (line 4): a guard wants a fact that the event does not have: ``"});
  CHECK(failures("[[case.event]]\ncall = \"read\"\nverdict = \"deny\"\n"
                 "rule = \"tool-not-offered\"\n[[case.event.fact]]\nkind = \"tool-list\"\n") ==
        Lines{});
}

TEST_CASE("policy cases: the sent bytes of a modified message are compared") {
  const std::string offer = R"(
[[case.event]]
offer = '[{"name":"a","inputSchema":{}},{"name":"no_b","inputSchema":{}}]'
verdict = "modify"
rule = "tool-hidden"
sent = '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"a","inputSchema":{}}]}}'
)";
  CHECK(failures(offer) == Lines{});
  std::string other = offer;
  other.replace(other.find("sent = '{"), 9, "sent = ' {");
  CHECK(failures(other).size() == 1);
}

TEST_CASE("policy cases: what is no message is said, not judged") {
  const Lines found = failures("[[case.event]]\nmessage = '{}'\n");
  REQUIRE(found.size() == 1);
  CHECK(found.front().starts_with("event 1 (line 4): the message is refused before any policy"));
}

TEST_CASE("policy cases: all mistakes of a file are reported with their places") {
  CHECK(problems("format = 1\n[[case]]\nname = \"c\"\n[[case.event]]\ncall = \"a\"\n"
                 "message = \"{}\"\n[[case.event]]\ncall = \"a\"\nverdict = \"denied\"\n"
                 "[[case]]\nnam = \"d\"\n") ==
        "4: an event has one of `message`, `call`, `offer`, `result` and `error`\n"
        "9: unknown value `denied` of `verdict`\n"
        "10: a case has no `name`\n"
        "10: case `` has no `[[case.event]]`\n"
        "11: unknown key `nam` in `[[case]]`\n");
}

}  // namespace merlon
