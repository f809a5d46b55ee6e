#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kScopeTools = R"([
  {"name":"read_file","description":"Reads a file.",
   "inputSchema":{"type":"object","properties":{"path":{"type":"string"}}}},
  {"name":"write_file","description":"Writes a file.",
   "inputSchema":{"type":"object","properties":{"path":{"type":"string"},"content":{}}}},
  {"name":"fetch","description":"Fetches a URL.",
   "inputSchema":{"type":"object","properties":{"url":{"type":"string"}}}},
  {"name":"delete_file","description":"Deletes a file.","inputSchema":{"type":"object"}}])";

std::string scope_policy(std::string_view config) {
  return "format = 1\nname = \"scope\"\n[[guard]]\ntype = \"session-scope\"\n[guard.config]\n" +
         std::string(config);
}

GuardSession scoped(std::string_view config) {
  GuardSession session(scope_policy(config));
  session.offer(kScopeTools);
  return session;
}

}  // namespace

TEST_CASE("session scope: only the tools that it names") {
  GuardSession session = scoped("allow = [\"read_*\", \"fetch\"]\n");
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  CHECK(session.call("fetch").verdict == Verdict::kAllow);
  const Decision denied = session.call("write_file");
  CHECK(denied.verdict == Verdict::kDeny);
  Reason expected;
  expected.code = DenialCode::kPermissionDenied;
  expected.rule_id = "scope-tool";
  expected.severity = Severity::kHigh;
  expected.message = "this session may not call `write_file`";
  expected.remedy = "start a session whose policy allows it";
  CHECK(*determining_reasons(denied).front() == expected);
}

TEST_CASE("session scope: ends after its calls, and what is denied does not count") {
  GuardSession session = scoped("allow = [\"read_file\"]\nuntil = {calls = 2}\n");
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(session.call("fetch")) == "scope-tool");
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(session.call("read_file")) == "scope-calls");
}

TEST_CASE("session scope: ends with its minutes, from the first event of the session") {
  GuardSession session = scoped("until = {minutes = 5}\n");
  session.now_ms += 299'999;
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  session.now_ms += 1;
  CHECK(test::deciding_rule(session.call("read_file")) == "scope-time");
}

TEST_CASE("session scope: ends at its time") {
  GuardSession session = scoped("until = {time = 2027-01-15T08:00:01Z}\n");
  session.now_ms = 1'800'000'000'999;
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  session.now_ms = 1'800'000'001'000;
  CHECK(test::deciding_rule(session.call("read_file")) == "scope-time");
}

TEST_CASE("session scope: reads and changes are counted apart") {
  GuardSession session = scoped("max_reads = 1\nmax_changes = 2\n");
  CHECK(session.call("write_file").verdict == Verdict::kAllow);
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  CHECK(session.call("delete_file").verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(session.call("read_file")) == "scope-reads");
  CHECK(test::deciding_rule(session.call("write_file")) == "scope-changes");
  CHECK(test::deciding_rule(scoped("max_changes = 0\n").call("write_file")) == "scope-changes");
}

TEST_CASE("session scope: paths and hosts hold every argument that is one") {
  GuardSession session = scoped(
      "paths = {within = [\"/srv\"], resolve = false}\n"
      "hosts = {allow = [\"*.example.com\"], resolve = false}\n");
  const std::vector<std::array<std::string, 3>> cases{
      {"read_file", R"({"path":"/srv/a"})", ""},
      {"read_file", R"({"path":"/etc/passwd"})", "path-outside"},
      {"read_file", R"({"other":["/srv/a","/srv/../etc"]})", "path-outside"},
      {"read_file", R"({"uri":"file:///etc/passwd"})", "path-outside"},
      {"read_file", R"({"uri":"file:///srv/x"})", ""},
      {"write_file", R"({"path":"/srv/a","content":"/etc/passwd"})", ""},
      {"fetch", R"({"url":"https://a.example.com/x"})", ""},
      {"fetch", R"({"url":"https://evil.com/x"})", "host-not-allowed"},
      {"fetch", R"({"where":"https://evil.com/x"})", "host-not-allowed"},
      {"fetch", R"({"url":"http://127.0.0.1/"})", "host-not-allowed"}};
  for (const auto& [tool, arguments, rule] : cases) {
    CAPTURE(arguments);
    const Decision decision = session.call(tool, arguments);
    CHECK(test::deciding_rule(decision) == rule);
    CHECK(decision.verdict == (rule.empty() ? Verdict::kAllow : Verdict::kDeny));
  }
}

TEST_CASE("session scope: what cannot be resolved is an error, and links are followed") {
  GuardSession session = scoped("paths = {within = [\"/srv\"]}\n");
  const auto fact = [](std::string what, std::string real, FactState state) {
    return Fact{.need = {.kind = NeedKind::kPath, .what = std::move(what)},
                .state = state,
                .values = {std::move(real)}};
  };
  const auto call = [&](std::string real, FactState state) {
    session.facts.answers = {fact("/srv/a", std::move(real), state),
                             fact("/srv", "/srv", FactState::kKnown)};
    return session.call("read_file", R"({"path":"/srv/a"})");
  };
  CHECK(call("/srv/a", FactState::kKnown).verdict == Verdict::kAllow);
  CHECK(test::deciding_rule(call("/etc/passwd", FactState::kKnown)) == "path-outside");
  CHECK(call("/srv/a", FactState::kFailed).erroring == std::vector<std::string>{"session-scope"});
}

TEST_CASE("session scope: wrong settings are errors with their places") {
  auto policy = parse_policy(
      SourceText::copy_of("policy.toml",
                          scope_policy("allow = []\nuntil = {call = 2, time = 2027-01-15}\n"
                                       "paths = {within = [\"srv\"]}\n")),
      {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  REQUIRE_FALSE(compiled.has_value());
  std::vector<std::string> problems;
  for (const Error& error : compiled.error()) {
    problems.push_back(std::to_string(error.where.line) + ": " + error.message);
  }
  CHECK(problems == std::vector<std::string>{"6: `allow` is empty: leave it out for every tool",
                                             "7: unknown key `call` in `until`",
                                             "7: `time` must be a date and time with an offset",
                                             "8: `srv` is not absolute"});
}

}  // namespace merlon
