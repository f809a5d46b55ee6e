#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

std::string anomaly_policy(std::string_view config) {
  return "format = 1\nname = \"t\"\n[[guard]]\ntype = \"anomalies\"\n[guard.config]\n" +
         std::string(config);
}

std::string anomaly_word(const Decision& decision) {
  const auto reasons = determining_reasons(decision);
  return std::string(to_string(decision.verdict)) +
         (reasons.empty() ? "" : " " + reasons.front()->rule_id);
}

std::string numbered_tools(int count) {
  std::string out = "[";
  for (int i = 0; i < count; ++i) {
    out += (i == 0 ? "" : ",") + std::string(R"({"name":"t)") + std::to_string(i) +
           R"(","inputSchema":{}})";
  }
  return out + "]";
}

std::size_t anomaly_policy_errors(std::string_view config) {
  auto policy = parse_policy(SourceText::copy_of("policy.toml", anomaly_policy(config)), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  return compiled ? 0 : compiled.error().size();
}

}  // namespace

TEST_CASE("anomalies: the same call passes as often as is said, once more is denied for a while") {
  GuardSession session(anomaly_policy("most_repeats = 3\nwindow = 10\n"));
  for (int i = 0; i < 3; ++i) {
    CHECK(anomaly_word(session.call("t", R"({"a":1})")) == "allow");
    session.now_ms += 1000;
  }
  const Decision denied = session.call("t", R"({"a":1})");
  CHECK(anomaly_word(denied) == "deny anomaly-repeated-call");
  CHECK(determining_reasons(denied).front()->code == DenialCode::kRateLimitExceeded);
  CHECK(determining_reasons(denied).front()->retry_after_seconds == 7);
  CHECK(anomaly_word(session.call("t", R"({"a":2})")) == "allow");
  session.now_ms += 6999;
  CHECK(anomaly_word(session.call("t", R"({"a":1})")) == "deny anomaly-repeated-call");
  session.now_ms += 1;
  CHECK(anomaly_word(session.call("t", R"({"a":1})")) == "allow");
}

TEST_CASE("anomalies: two calls in turn are a loop, a third kind between them is none") {
  GuardSession session(anomaly_policy("most_alternations = 3\n"));
  for (int i = 0; i < 3; ++i) {
    CHECK(anomaly_word(session.call("a")) == "allow");
    CHECK(anomaly_word(session.call("b")) == "allow");
  }
  CHECK(anomaly_word(session.call("a")) == "deny anomaly-alternating-calls");
  CHECK(anomaly_word(session.call("c")) == "allow");
  CHECK(anomaly_word(session.call("a")) == "allow");
}

TEST_CASE("anomalies: after many denials every call is asked about until the cool-down is over") {
  GuardSession session(R"(format = 1
name = "t"
[defaults]
unlisted_tool = "allow"
[[guard]]
type = "anomalies"
[guard.config]
most_denials = 3
window = 60
cool_down = 30
[[guard]]
type = "tool-list"
[[tool]]
tool = "bad"
decision = "deny"
)");
  session.offer(R"([{"name":"bad","inputSchema":{}},{"name":"good","inputSchema":{}}])");
  for (int i = 0; i < 2; ++i) {
    CHECK(session.call("bad").verdict == Verdict::kDeny);
  }
  CHECK(anomaly_word(session.call("good")) == "allow");
  CHECK(session.call("bad").verdict == Verdict::kDeny);
  const Decision asked = session.call("good");
  CHECK(anomaly_word(asked) == "ask anomaly-denials");
  CHECK(determining_reasons(asked).front()->retry_after_seconds == 30);
  session.now_ms += 30'000;
  CHECK(anomaly_word(session.call("good")) == "allow");
}

TEST_CASE("anomalies: calls that fail one after another are stopped, those far apart are not") {
  GuardSession session(anomaly_policy("most_errors = 2\nwindow = 10\ncool_down = 5\n"));
  for (int i = 0; i < 2; ++i) {
    CHECK(anomaly_word(session.call("t", R"({"n":)" + std::to_string(i) + "}")) == "allow");
    session.answer(R"({"content":[],"isError":true})");
  }
  CHECK(anomaly_word(session.call("t")) == "deny anomaly-error-storm");
  session.now_ms += 5000;
  CHECK(anomaly_word(session.call("t")) == "allow");
  session.now_ms += 11'000;
  session.answer(R"({"content":[],"isError":true})");
  CHECK(anomaly_word(session.call("t")) == "allow");
}

TEST_CASE("anomalies: a list that jumps is told from one that grows a little") {
  GuardSession session(anomaly_policy("tool_spike_least = 5\n"));
  CHECK(anomaly_word(session.offer(numbered_tools(6))) == "allow");
  CHECK(anomaly_word(session.offer(numbered_tools(11))) == "allow");
  CHECK(anomaly_word(session.offer(numbered_tools(12))) == "warn anomaly-tool-spike");
}

TEST_CASE("anomalies: a list that changes again and again is told, the same list is not") {
  GuardSession session(anomaly_policy("most_list_changes = 2\nwindow = 60\n"));
  for (int i = 0; i < 5; ++i) {
    CHECK(anomaly_word(session.offer(numbered_tools(3))) == "allow");
  }
  CHECK(anomaly_word(session.offer(numbered_tools(2))) == "allow");
  CHECK(anomaly_word(session.offer(numbered_tools(3))) == "allow");
  CHECK(anomaly_word(session.offer(numbered_tools(3))) == "warn anomaly-list-changes");
  session.now_ms += 60'000;
  CHECK(anomaly_word(session.offer(numbered_tools(3))) == "allow");
}

TEST_CASE("anomalies: arguments far bigger than a tool's own habit are told") {
  GuardSession session(
      anomaly_policy("size_factor = 10\nsize_least_bytes = 500\nsize_least_calls = 4\n"));
  const std::string big = R"({"q":")" + std::string(600, 'x') + R"("})";
  for (int i = 0; i < 4; ++i) {
    session.call("search", R"({"q":"abc)" + std::to_string(i) + R"("})");
  }
  CHECK(anomaly_word(session.call("other", big)) == "allow");
  CHECK(anomaly_word(session.call("search", big)) == "warn anomaly-argument-size");
  CHECK(anomaly_word(session.call("search", R"({"q":")" + std::string(300, 'x') + R"("})")) ==
        "allow");
}

TEST_CASE("anomalies: what is remembered is bounded, whatever the names and calls") {
  GuardSession session(
      anomaly_policy("most_tools = 16\nmost_repeats = 5\nmost_alternations = 2\n"));
  for (int i = 0; i < 500; ++i) {
    session.call("t" + std::to_string(i), R"({"n":)" + std::to_string(i) + "}");
  }
  const GuardMemory& memory = session.state.memory.at("anomalies");
  CHECK(memory.series.size() == 18);
  CHECK(memory.series.at("call_digests").size() == 20);
  CHECK(memory.texts.empty());
}

TEST_CASE("anomalies: wrong settings are errors") {
  CHECK(anomaly_policy_errors("most_repeats = 1\n") == 1);
  CHECK(anomaly_policy_errors("denials = \"modify\"\n") == 1);
  CHECK(anomaly_policy_errors("repeats = 5\n") == 1);
}

}  // namespace merlon
