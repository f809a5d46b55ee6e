#include <doctest/doctest.h>

#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kListPolicy = R"(
format = 1
name = "lists"
[defaults]
unlisted_tool = "deny"
[[guard]]
type = "tool-list"
[[tool]]
tool = "read_*"
decision = "allow"
[[tool]]
tool = "write_file"
decision = "ask"
[[tool]]
tool = "debug_*"
hidden = true
[[tool]]
tool = "drop_table"
decision = "deny"
reason = "tables are dropped by people"
)";

constexpr std::string_view kOffered = R"([{"name":"read_file","inputSchema":{"type":"object"}},
  {"name":"debug_dump","inputSchema":{"type":"object"}},
  {"name":"write_file","inputSchema":{"type":"object"}},
  {"name":"other","inputSchema":{"type":"object"}},
  {"name":"drop_table","inputSchema":{"type":"object"}}])";

}  // namespace

TEST_CASE("tool list: an entry's word is the decision") {
  GuardSession session(kListPolicy);
  session.offer(kOffered);
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  CHECK(session.call("write_file").verdict == Verdict::kAsk);
  const Decision denied = session.call("drop_table");
  CHECK(denied.verdict == Verdict::kDeny);
  CHECK(test::deciding_rule(denied) == "tool-entry");
  CHECK(determining_reasons(denied).front()->remedy == "tables are dropped by people");
}

TEST_CASE("tool list: a tool without an entry gets the policy's default") {
  GuardSession session(kListPolicy);
  session.offer(kOffered);
  const Decision decision = session.call("other");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(test::deciding_rule(decision) == "tool-unlisted");
}

TEST_CASE("tool list: hidden tools leave lists, and a call is answered as if there were none") {
  GuardSession session(kListPolicy);
  const Decision list = session.offer(kOffered);
  CHECK(list.verdict == Verdict::kModify);
  REQUIRE(list.rewritten.has_value());
  CHECK(list.rewritten->find("debug_dump") == std::string::npos);
  CHECK(list.rewritten->find("write_file") != std::string::npos);
  const Decision call = session.call("debug_dump");
  CHECK(call.verdict == Verdict::kDeny);
  CHECK(test::deciding_rule(call) == "tool-not-offered");
  CHECK(determining_reasons(call).front()->message == "there is no tool `debug_dump`");
}

TEST_CASE(
    "tool list: an unseen tool waits for the server's own list, and is denied when it is not "
    "there") {
  GuardSession session(kListPolicy);
  const Evaluation waiting = session.ask(
      Direction::kToServer,
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"ghost","arguments":{}}})");
  CHECK(waiting.needs == std::vector<Need>{{.kind = NeedKind::kToolList, .what = ""}});
  CHECK(waiting.decision.verdict == Verdict::kDeny);
  session.facts.answers.push_back({.need = {.kind = NeedKind::kToolList, .what = ""},
                                   .state = FactState::kKnown,
                                   .values = {}});
  CHECK(test::deciding_rule(session.call("ghost")) == "tool-not-offered");
}

}  // namespace merlon
