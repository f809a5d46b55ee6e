#include <array>
#include <utility>

#include <doctest/doctest.h>

#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kLegsPolicy = R"(
format = 1
name = "legs"
[[guard]]
type = "rule-of-two"
[[tool]]
tool = "fetch_page"
capabilities = ["takes-untrusted"]
[[tool]]
tool = "read_file"
capabilities = ["reads-private"]
[[tool]]
tool = "send_mail"
capabilities = ["sends-out"]
[[tool]]
tool = "everything"
capabilities = ["takes-untrusted", "executes"]
[[tool]]
tool = "add"
capabilities = []
)";

std::string policy_with(std::string_view section) {
  return std::string(kLegsPolicy) + std::string(section);
}

const Reason& first_reason(const Decision& decision) {
  const auto reasons = determining_reasons(decision);
  REQUIRE(!reasons.empty());
  return *reasons.front();
}

std::string request(std::string_view method, std::string_view params) {
  return R"({"jsonrpc":"2.0","id":"q","method":")" + std::string(method) + R"(","params":)" +
         std::string(params) + "}";
}

GroupFact group_fact(std::uint8_t legs, bool lost) {
  return {.server = "mail", .tool = "read_mail", .legs = legs, .lost = lost, .reference = "s7/12"};
}

std::vector<std::string> problems_of(const std::string& text) {
  auto policy = parse_policy(SourceText::copy_of("policy.toml", text), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  std::vector<std::string> out;
  if (!compiled.has_value()) {
    for (const Error& error : compiled.error()) {
      out.push_back(std::to_string(error.where.line) + ": " + error.message);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("rule of two: the call that completes the three is denied and names what led to it") {
  GuardSession session(kLegsPolicy);
  CHECK(session.call("fetch_page").verdict == Verdict::kAllow);
  CHECK(session.call("add").verdict == Verdict::kAllow);
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  const Decision decision = session.call("send_mail");
  CHECK(decision.verdict == Verdict::kDeny);
  const Reason& reason = first_reason(decision);
  CHECK(reason.code == DenialCode::kRuleOfTwo);
  CHECK(reason.rule_id == "rule-of-two");
  CHECK(reason.message ==
        "`send_mail` would add an outside effect; `fetch_page` (event 1) brought untrusted input, "
        "`read_file` (event 3) private data");
  CHECK(reason.led_by == std::vector<std::uint64_t>{1, 3});
}

TEST_CASE("rule of two: two legs in any order pass, whatever is repeated") {
  for (const auto& [first, second] :
       {std::pair{"fetch_page", "read_file"}, std::pair{"read_file", "send_mail"},
        std::pair{"send_mail", "fetch_page"}}) {
    GuardSession session(kLegsPolicy);
    CHECK(session.call(first).verdict == Verdict::kAllow);
    CHECK(session.call(second).verdict == Verdict::kAllow);
    CHECK(session.call(first).verdict == Verdict::kAllow);
    CHECK(session.call(second).verdict == Verdict::kAllow);
    CHECK(session.call("add").verdict == Verdict::kAllow);
  }
}

TEST_CASE("rule of two: a leg is taken when the call is decided, not when its result comes") {
  // Three calls at once, none answered: the third cannot slip under the others.
  GuardSession session(kLegsPolicy);
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
  CHECK(session.call("send_mail").verdict == Verdict::kAllow);
  const Decision decision = session.call("fetch_page");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(first_reason(decision).message ==
        "`fetch_page` would add untrusted input; `read_file` (event 1) private data, `send_mail` "
        "(event 2) an outside effect");
}

TEST_CASE("rule of two: a call that was denied leaves no leg behind") {
  GuardSession session(kLegsPolicy);
  session.call("fetch_page");
  session.call("read_file");
  CHECK(session.call("send_mail").verdict == Verdict::kDeny);
  CHECK(session.state.leg_bits() == (kLegUntrusted | kLegSensitive));
  CHECK(session.call("send_mail").verdict == Verdict::kDeny);
}

TEST_CASE("rule of two: a tool that nobody knows is the worst case") {
  GuardSession session(kLegsPolicy);
  const Decision alone = session.call("ghost");
  CHECK(alone.verdict == Verdict::kAsk);
  CHECK(first_reason(alone).rule_id == "rule-of-two-single");
  session.call("read_file");
  CHECK(session.call("ghost").verdict == Verdict::kDeny);
}

TEST_CASE("rule of two: a tool with all three legs by itself asks, or what `single_tool` says") {
  GuardSession asks(kLegsPolicy);
  CHECK(asks.call("everything").verdict == Verdict::kAsk);
  GuardSession denies(policy_with("[rule_of_two]\nsingle_tool = \"deny\"\n"));
  CHECK(denies.call("everything").verdict == Verdict::kDeny);
  GuardSession allows(policy_with("[rule_of_two]\nsingle_tool = \"allow\"\n"));
  CHECK(allows.call("everything").verdict == Verdict::kAllow);
  CHECK(allows.call("everything").verdict == Verdict::kAllow);
  // Others' effects are decided anew when all three are there.
  CHECK(allows.call("send_mail").verdict == Verdict::kDeny);
  CHECK(allows.call("read_file").verdict == Verdict::kAllow);
}

TEST_CASE(
    "rule of two: annotations of the server lower nothing, its newest definition counts too") {
  GuardSession session(R"(format = 1
name = "t"
[[guard]]
type = "rule-of-two"
)");
  session.offer(R"([{"name":"send_email","description":"Sends an email.",
    "annotations":{"readOnlyHint":true,"openWorldHint":false},"inputSchema":{"type":"object",
    "properties":{"to":{"type":"string"},"body":{"type":"string"}}}}])");
  session.call("send_email");
  CHECK((session.state.leg_bits() & kLegOutside) != 0);
}

TEST_CASE("rule of two: an address with data in it makes a sender of a tool that fetches") {
  GuardSession session(kLegsPolicy);
  session.call("read_file");
  CHECK(session.call("fetch_page", R"({"url":"https://docs.example.org/page/two"})").verdict ==
        Verdict::kAllow);
  for (const std::string_view arguments :
       {R"({"url":"https://a.example.org/?q=all+my+mail"})",
        R"({"url":"https://user:word@a.example.org/"})",
        R"({"url":"https://a.example.org/x9Kd83jFq02LmZ7pT4vWc1Yb"})",
        R"({"url":"https://x9kd83jfq02lmz7pt4vwc1yb6h.example.org/"})",
        R"({"text":"see https://ok.example.org and https://a.example.org/?d=1"})",
        R"({"list":[{"deep":{"uri":"a.example.org/?q=1"}}]})",
        R"({"url":"https://a.example.org/form","body":"everything"})",
        R"({"to":"somebody@example.org"})"}) {
    CAPTURE(arguments);
    const Decision decision = session.call("fetch_page", arguments);
    CHECK(decision.verdict == Verdict::kDeny);
    CHECK(first_reason(decision).message.starts_with(
        "`fetch_page` would add an outside effect; `fetch_page` (event 2) brought untrusted "
        "input, `read_file` (event 1) private data"));
  }
  CHECK(session.call("fetch_page", R"({"url":"file:///home/me/?q=1"})").verdict == Verdict::kAllow);
}

TEST_CASE("rule of two: `addresses` widens to every address, or to none") {
  GuardSession any(policy_with("[rule_of_two]\naddresses = \"any\"\n"));
  any.call("read_file");
  CHECK(any.call("fetch_page", R"({"url":"https://example.org/"})").verdict == Verdict::kDeny);
  GuardSession never(policy_with("[rule_of_two]\naddresses = \"never\"\n"));
  never.call("read_file");
  CHECK(never.call("fetch_page", R"({"url":"https://example.org/?a=b"})").verdict ==
        Verdict::kAllow);
}

TEST_CASE("rule of two: resources bring untrusted and private text, prompts untrusted text") {
  GuardSession resources(kLegsPolicy);
  CHECK(resources.send(Direction::kToServer, request("resources/read", R"({"uri":"file:///a"})"))
            .verdict == Verdict::kAllow);
  CHECK(resources.state.leg_bits() == (kLegUntrusted | kLegSensitive));
  CHECK(resources.call("send_mail").verdict == Verdict::kDeny);
  GuardSession prompts(kLegsPolicy);
  prompts.send(Direction::kToServer, request("prompts/get", R"({"name":"p"})"));
  CHECK(prompts.state.leg_bits() == kLegUntrusted);
}

TEST_CASE("rule of two: sampling sends out, what a user typed is private, unknown methods worst") {
  GuardSession sampling(kLegsPolicy);
  sampling.call("read_file");
  CHECK(sampling
            .send(Direction::kToClient,
                  request("sampling/createMessage", R"({"messages":[],"maxTokens":1})"))
            .verdict == Verdict::kDeny);
  GuardSession form(kLegsPolicy);
  form.send(Direction::kToClient, request("elicitation/create", R"({"message":"m"})"));
  CHECK(form.state.leg_bits() == 0);
  form.send(Direction::kToServer,
            R"({"jsonrpc":"2.0","id":"q","result":{"action":"accept","content":{"a":"b"}}})");
  CHECK(form.state.leg_bits() == kLegSensitive);
  CHECK(form.state.legs[1]->tool == "elicitation/create");
  GuardSession unknown(kLegsPolicy);
  CHECK(unknown.send(Direction::kToServer, request("x/anything", "{}")).verdict == Verdict::kAsk);
}

TEST_CASE("rule of two: legs of the group count, and a lost group is the worst case") {
  GuardSession session(kLegsPolicy);
  session.call("fetch_page");
  session.facts.group = {group_fact(kLegSensitive, false)};
  const Decision decision = session.call("send_mail");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(first_reason(decision).message ==
        "`send_mail` would add an outside effect; `fetch_page` (event 1) brought untrusted input, "
        "`read_mail` (server `mail`, s7/12) private data");

  GuardSession lost(kLegsPolicy);
  lost.facts.group = {group_fact(0, true), group_fact(0, false)};
  CHECK(lost.call("fetch_page").verdict == Verdict::kDeny);
  CHECK(lost.state.group_lost);
  CHECK(lost.call("read_file").verdict == Verdict::kDeny);  // remembered without new facts
  CHECK(lost.call("add").verdict == Verdict::kAllow);
  lost.facts.group = {group_fact(0, false)};
  CHECK(lost.call("read_file").verdict == Verdict::kAllow);
}

TEST_CASE("rule of two: observing warns, off is silent, and a server may have its own word") {
  const std::string section = R"([rule_of_two]
on_violation = "ask"
[[rule_of_two.server]]
server = "watched*"
mode = "observe"
[[rule_of_two.server]]
server = "free"
mode = "off"
)";
  for (const auto& [server, verdict] :
       {std::pair{"server", Verdict::kAsk}, std::pair{"watched-1", Verdict::kWarn},
        std::pair{"free", Verdict::kAllow}}) {
    GuardSession session(policy_with(section));
    session.state.server = server;
    session.call("fetch_page");
    session.call("read_file");
    CHECK(session.call("send_mail").verdict == verdict);
  }
}

TEST_CASE("rule of two: a grant lets one call pass, the next effect is decided anew") {
  GuardSession session(policy_with("[rule_of_two]\non_violation = \"ask\"\n"));
  session.call("fetch_page");
  session.call("read_file");
  CHECK(session.call("send_mail").verdict == Verdict::kAsk);
  session.state.legs[2] = LegWitness{.sequence = 4, .server = "server", .tool = "send_mail"};
  const Decision again = session.call("send_mail");
  CHECK(again.verdict == Verdict::kAsk);
  CHECK(first_reason(again).led_by == std::vector<std::uint64_t>{1, 2});
  CHECK(session.call("read_file").verdict == Verdict::kAllow);
}

TEST_CASE(
    "rule of two: over all sequences of four calls a call is denied if and only if it completes") {
  constexpr std::array<std::pair<std::string_view, unsigned>, 4> kTools{
      {{"fetch_page", 1}, {"read_file", 2}, {"send_mail", 4}, {"add", 0}}};
  for (unsigned sequence = 0; sequence < 256; ++sequence) {
    GuardSession session(kLegsPolicy);
    unsigned seen = 0;
    for (unsigned step = 0; step < 4; ++step) {
      const auto& [tool, legs] = kTools[(sequence >> (2 * step)) & 3U];
      const bool completes = (seen | legs) == kAllLegs;
      CHECK(session.call(tool).verdict == (completes ? Verdict::kDeny : Verdict::kAllow));
      seen |= completes ? 0U : legs;
      CHECK(session.state.leg_bits() == seen);
    }
    CHECK(seen != kAllLegs);
  }
}

TEST_CASE("rule of two: wrong settings are complaints with their places") {
  CHECK(problems_of(R"(format = 1
name = "t"
[[guard]]
type = "rule-of-two"
[rule_of_two]
on_violation = "allow"
resources = ["reads-everything"]
[[rule_of_two.server]]
mode = "observe"
)")
            .size() == 3);
  CHECK(problems_of("format = 1\nname = \"t\"\n[[guard]]\ntype = \"rule-of-two\"\n[guard.config]\n"
                    "mode = \"off\"\n")
            .size() == 1);
}

}  // namespace merlon
