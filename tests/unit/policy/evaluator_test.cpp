#include "policy/evaluator.h"

#include <stdexcept>

#include <doctest/doctest.h>

#include "policy/approval.h"
#include "policy/decision_codec.h"
#include "support/scripted_guard.h"

namespace merlon {
namespace {

using test::call_event;
using test::edits;
using test::guard_list;
using test::policy_of;
using test::says;
using test::scripted;
using Names = std::vector<std::string>;

Names guards_that_ran(const Decision& decision) {
  Names out;
  for (const GuardOutcome& outcome : decision.outcomes) {
    out.push_back(outcome.guard);
  }
  return out;
}

test::ScriptedGuard::Answer always(Verdict verdict) {
  return [verdict](const GuardInput&) { return says(verdict); };
}

Decision decide_call(const std::shared_ptr<const CompiledPolicy>& policy,
                     const Event& event = call_event()) {
  return decide(*policy, {}, event).decision;
}

}  // namespace

TEST_CASE("evaluator: a deny ends the pipeline, everything weaker does not") {
  const auto policy = policy_of(guard_list(
      scripted("warns", always(Verdict::kWarn)), scripted("asks", always(Verdict::kAsk)),
      scripted("denies", always(Verdict::kDeny)), scripted("after", always(Verdict::kAllow))));
  const Decision decision = decide_call(policy);
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(decision.determining == Names{"denies"});
  CHECK(guards_that_ran(decision) == Names{"warns", "asks", "denies"});
}

TEST_CASE("evaluator: a policy without guards allows") {
  const Decision decision = decide_call(policy_of({}));
  CHECK(decision.verdict == Verdict::kAllow);
  CHECK(decision.determining.empty());
}

TEST_CASE("evaluator: modifications compose, and each guard sees what those before it left") {
  std::string seen;
  const auto policy = policy_of(guard_list(
      scripted("one", [](const GuardInput&) { return edits("/params/arguments/a", "\"2\""); }),
      scripted("two", [](const GuardInput&) { return edits("/params/arguments/a", "\"3\""); }),
      scripted("reads", [&seen](const GuardInput& input) {
        seen = input.message.bytes();
        return says(Verdict::kAllow);
      })));
  const Event event = call_event();
  const Decision decision = decide_call(policy, event);
  CHECK(decision.verdict == Verdict::kModify);
  CHECK(decision.rewritten == seen);
  CHECK(
      seen ==
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"3"}}})");
  CHECK(event.message.bytes().find("\"1\"") != std::string::npos);
}

TEST_CASE("evaluator: an edit that cannot be applied is an error of its guard, and denies") {
  const auto policy = policy_of(guard_list(scripted(
      "edits", [](const GuardInput&) { return edits("/params/arguments/missing/x", "1"); })));
  const Decision decision = decide_call(policy);
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(decision.erroring == Names{"edits"});
  CHECK(determining_reasons(decision).front()->rule_id == "guard-edit");
  CHECK_FALSE(decision.rewritten.has_value());
}

TEST_CASE("evaluator: a denied message is not rewritten") {
  const auto policy = policy_of(guard_list(
      scripted("edits", [](const GuardInput&) { return edits("/params/arguments/a", "2"); }),
      scripted("denies", always(Verdict::kDeny))));
  CHECK_FALSE(decide_call(policy).rewritten.has_value());
}

TEST_CASE("evaluator: a guard that throws is an error, which on_error turns into a verdict") {
  for (const auto& [on_error, verdict] :
       {std::pair{OnError::kDeny, Verdict::kDeny}, std::pair{OnError::kAsk, Verdict::kAsk},
        std::pair{OnError::kAllow, Verdict::kWarn}}) {
    auto guards = guard_list(scripted(
        "throws", [](const GuardInput&) -> GuardOutcome { throw std::runtime_error("no"); }));
    guards.front().entry.on_error = on_error;
    const Decision decision = decide_call(policy_of(std::move(guards)));
    CHECK(decision.verdict == verdict);
    CHECK(decision.erroring == Names{"throws"});
    CHECK(decision.determining == Names{"throws"});
  }
}

TEST_CASE("evaluator: what is thrown and is no exception of the library is an error too") {
  const auto policy =
      policy_of(guard_list(scripted("throws", [](const GuardInput&) -> GuardOutcome { throw 7; })));
  CHECK(decide_call(policy).verdict == Verdict::kDeny);
}

TEST_CASE("evaluator: a guard that the event calls late is not run") {
  bool ran = false;
  auto guards = guard_list(scripted("slow", [&ran](const GuardInput&) {
    ran = true;
    return says(Verdict::kAllow);
  }));
  guards.front().entry.on_error = OnError::kAsk;
  Event event = call_event();
  event.facts.late_guards = {"slow"};
  const Decision decision = decide_call(policy_of(std::move(guards)), event);
  CHECK_FALSE(ran);
  CHECK(decision.verdict == Verdict::kAsk);
  CHECK(decision.outcomes.front().state == OutcomeState::kTimedOut);
}

TEST_CASE("evaluator: a shadow entry is recorded, does not count and does not change the message") {
  auto guards = guard_list(
      scripted("denies", always(Verdict::kDeny)),
      scripted("edits", [](const GuardInput&) { return edits("/params/arguments/a", "2"); }),
      scripted("after", always(Verdict::kWarn)));
  guards[0].entry.shadow = true;
  guards[1].entry.shadow = true;
  const Decision decision = decide_call(policy_of(std::move(guards)));
  CHECK(decision.verdict == Verdict::kWarn);
  CHECK(guards_that_ran(decision) == Names{"denies", "edits", "after"});
  CHECK(decision.outcomes[0].verdict == Verdict::kDeny);
  CHECK_FALSE(decision.rewritten.has_value());
}

TEST_CASE("evaluator: in shadow mode everything passes as it is, and says what would have been") {
  Policy policy;
  policy.mode = PolicyMode::kShadow;
  const Decision decision =
      decide_call(policy_of(guard_list(scripted("denies", always(Verdict::kDeny))), policy));
  CHECK(decision.verdict == Verdict::kAllow);
  CHECK(decision.would_be == Verdict::kDeny);
  CHECK(decision.determining == Names{"denies"});
  const Decision edited = decide_call(
      policy_of(guard_list(scripted(
                    "edits", [](const GuardInput&) { return edits("/params/arguments/a", "2"); })),
                policy));
  CHECK(edited.would_be == Verdict::kModify);
  CHECK_FALSE(edited.rewritten.has_value());
}

TEST_CASE("evaluator: a share of sessions runs in shadow, each session always or never") {
  Policy policy;
  policy.shadow_share = 0.5;
  const auto compiled = policy_of(guard_list(scripted("denies", always(Verdict::kDeny))), policy);
  int passed = 0;
  for (int i = 0; i < 200; ++i) {
    SessionState state;
    state.session = "session-" + std::to_string(i);
    const Verdict first = decide(*compiled, state, call_event()).decision.verdict;
    CHECK(decide(*compiled, state, call_event()).decision.verdict == first);
    passed += first == Verdict::kAllow ? 1 : 0;
  }
  CHECK(passed > 70);
  CHECK(passed < 130);
}

TEST_CASE("evaluator: a grant turns ask into warn, and never a deny") {
  Event event = call_event();
  event.facts.grants.push_back(
      {.ticket = "1", .message_digest = digest_of_message(event.message.bytes()), .approver = "a"});
  const auto asks = policy_of(guard_list(scripted("asks", always(Verdict::kAsk))));
  CHECK(decide_call(asks).verdict == Verdict::kAsk);
  CHECK(decide_call(asks, event).verdict == Verdict::kWarn);
  const auto denies = policy_of(guard_list(scripted("asks", always(Verdict::kAsk)),
                                           scripted("denies", always(Verdict::kDeny))));
  CHECK(decide_call(denies, event).verdict == Verdict::kDeny);
}

TEST_CASE("evaluator: a grant binds to the bytes that will be sent, not to those that came") {
  const auto policy = policy_of(guard_list(
      scripted("edits", [](const GuardInput&) { return edits("/params/arguments/a", "\"2\""); }),
      scripted("asks", always(Verdict::kAsk))));
  Event event = call_event();
  event.facts.grants.push_back(
      {.ticket = "1", .message_digest = digest_of_message(event.message.bytes())});
  const Decision asked = decide_call(policy, event);
  CHECK(asked.verdict == Verdict::kAsk);
  REQUIRE(asked.rewritten.has_value());
  event.facts.grants.push_back(
      {.ticket = "2", .message_digest = digest_of_message(*asked.rewritten)});
  const Decision granted = decide_call(policy, event);
  CHECK(granted.verdict == Verdict::kModify);
  CHECK(granted.rewritten == asked.rewritten);
}

TEST_CASE("evaluator: while a fact is missing the decision denies, and all needs are gathered") {
  const auto waits = [](std::string what) {
    return [what](const GuardInput& input) {
      GuardOutcome out;
      if (input.event.facts.find(NeedKind::kPath, what) == nullptr) {
        out.state = OutcomeState::kWaiting;
        out.verdict = Verdict::kDeny;
        out.needs = {{.kind = NeedKind::kPath, .what = what}};
      }
      return out;
    };
  };
  const auto policy = policy_of(guard_list(scripted("a", waits("x")), scripted("b", waits("y"))));
  Event event = call_event();
  const Evaluation waiting = decide(*policy, {}, event);
  CHECK(waiting.decision.verdict == Verdict::kDeny);
  CHECK(waiting.needs == std::vector<Need>{{.kind = NeedKind::kPath, .what = "x"},
                                           {.kind = NeedKind::kPath, .what = "y"}});
  event.facts.answers = {{.need = waiting.needs[0], .state = FactState::kKnown, .values = {"/x"}},
                         {.need = waiting.needs[1], .state = FactState::kAbsent, .values = {}}};
  const Evaluation ready = decide(*policy, {}, event);
  CHECK(ready.needs.empty());
  CHECK(ready.decision.verdict == Verdict::kAllow);
}

TEST_CASE("evaluator: a guard runs only on its phases") {
  auto guards = guard_list(scripted("lists", always(Verdict::kDeny)));
  guards.front().phases = phase_bit(Phase::kToolsList);
  CHECK(decide_call(policy_of(std::move(guards))).verdict == Verdict::kAllow);
}

TEST_CASE("evaluator: equal arguments give equal bytes") {
  const auto policy = policy_of(guard_list(
      scripted("edits", [](const GuardInput&) { return edits("/params/arguments/a", "2"); }),
      scripted("warns", always(Verdict::kWarn))));
  SessionState state;
  state.session = "s";
  const Event event = call_event();
  const std::string first = decision_json(decide(*policy, state, event).decision);
  CHECK(first == decision_json(decide(*policy, state, event).decision));
  CHECK(first.find("\"request_id\":\"s-1\"") != std::string::npos);
}

TEST_CASE("evaluator: two interleaved calls cannot both slip under a limit of one") {
  const auto policy = policy_of(guard_list(scripted(
      "limit",
      [](const GuardInput& input) {
        const auto found = input.memory.counters.find("calls");
        const bool used = found != input.memory.counters.end() && found->second >= 1;
        return used ? says(Verdict::kDeny, "limit") : says(Verdict::kAllow);
      },
      [](const GuardInput&, const Decision& decision, GuardMemory& memory) {
        memory.counters["calls"] += passes(decision) ? 1U : 0U;
      })));
  SessionState state;
  Event first = call_event();
  const Decision one = decide(*policy, state, first).decision;
  settle(*policy, state, first, one);
  // The second call comes before any answer to the first.
  Event second = call_event();
  second.sequence = 2;
  const Decision two = decide(*policy, state, second).decision;
  CHECK(one.verdict == Verdict::kAllow);
  CHECK(two.verdict == Verdict::kDeny);
  settle(*policy, state, second, two);
  CHECK(state.calls == 1);
  CHECK(state.denials == 1);
}

TEST_CASE("evaluator: where a tenant is required, none and a wrong one get the same denial") {
  Policy policy;
  policy.tenant_required = true;
  policy.tenants = {"acme"};
  policy.tenant = "acme";
  const auto compiled = policy_of(guard_list(scripted("allows", always(Verdict::kAllow))), policy);
  SessionState state;
  const Decision none = decide(*compiled, state, call_event()).decision;
  state.tenant = "other";
  const Decision other = decide(*compiled, state, call_event()).decision;
  CHECK(none.verdict == Verdict::kDeny);
  CHECK(determining_reasons(none).front()->code == DenialCode::kTenantRequired);
  CHECK(none == other);
  state.tenant = "acme";
  CHECK(decide(*compiled, state, call_event()).decision.verdict == Verdict::kAllow);
}

namespace {

/// A session under a policy without guards: what the engine itself says.
class BareSession {
 public:
  explicit BareSession(PolicyMode mode = PolicyMode::kEnforce) {
    Policy policy;
    policy.mode = mode;
    policy_ = policy_of({}, policy);
  }
  std::string send(Direction direction, std::string text) {
    Event event;
    event.sequence = state_.sequence + 1;
    event.message = *parse_message(std::move(text), direction, {});
    const Decision decision = decide(*policy_, state_, event).decision;
    settle(*policy_, state_, event, decision);
    const auto reasons = determining_reasons(decision);
    return std::string(to_string(decision.verdict)) +
           (reasons.empty() ? "" : " " + reasons.front()->rule_id);
  }

 private:
  std::shared_ptr<const CompiledPolicy> policy_;
  SessionState state_;
};

constexpr std::string_view kPing5 = R"({"jsonrpc":"2.0","id":5,"method":"ping"})";
constexpr std::string_view kPong5 = R"({"jsonrpc":"2.0","id":5,"result":{}})";

}  // namespace

TEST_CASE("ids: an answer belongs to the open request with the same spelling of its id, once") {
  BareSession session;
  CHECK(session.send(Direction::kToServer, std::string(kPing5)) == "allow");
  CHECK(session.send(Direction::kToClient, R"({"jsonrpc":"2.0","id":"5","result":{}})") ==
        "deny answer-to-nothing");
  CHECK(session.send(Direction::kToServer, std::string(kPong5)) == "deny answer-to-nothing");
  CHECK(session.send(Direction::kToClient, std::string(kPong5)) == "allow");
  CHECK(session.send(Direction::kToClient, std::string(kPong5)) == "deny answer-to-nothing");
  CHECK(session.send(Direction::kToClient,
                     R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}})") ==
        "allow");
}

TEST_CASE("ids: of two open requests with one id the second is denied, the other side's is not") {
  BareSession session;
  CHECK(session.send(Direction::kToServer, std::string(kPing5)) == "allow");
  CHECK(session.send(Direction::kToServer, std::string(kPing5)) == "deny request-id-open");
  CHECK(session.send(Direction::kToClient, std::string(kPing5)) == "allow");
  CHECK(session.send(Direction::kToServer, R"({"jsonrpc":"2.0","method":"notifications/cancelled",)"
                                           R"("params":{"requestId":5}})") == "allow");
  // A cancelled request may still be answered, and its id may be given away.
  CHECK(session.send(Direction::kToServer, std::string(kPing5)) == "allow");
}

TEST_CASE("ids: a policy that only watches says what it would have denied") {
  BareSession session(PolicyMode::kShadow);
  CHECK(session.send(Direction::kToClient, std::string(kPong5)) == "allow answer-to-nothing");
}

}  // namespace merlon
