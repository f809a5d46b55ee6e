#include "policy/interceptor.h"

#include <doctest/doctest.h>

#include "policy/approval.h"
#include "support/scripted_guard.h"

namespace merlon {
namespace {

using test::edits;
using test::guard_list;
using test::policy_of;
using test::says;
using test::scripted;

/// Denies, asks or edits by the text of the message.
GuardOutcome by_text(const GuardInput& input) {
  const std::string_view bytes = input.message.bytes();
  const auto has = [bytes](std::string_view word) {
    return bytes.find(word) != std::string_view::npos;
  };
  if (has("forbidden")) {
    GuardOutcome out = says(Verdict::kDeny, "no-forbidden");
    out.reasons.front().remedy = "leave it out";
    out.reasons.front().retry_after_seconds = 5;
    return out;
  }
  if (has("careful")) {
    return says(Verdict::kAsk, "be-careful");
  }
  if (has("secret")) {
    return edits("/params/arguments/a", "\"***\"");
  }
  return says(Verdict::kAllow);
}

Interceptor session() {
  SessionState state;
  state.session = "s";
  return {policy_of(guard_list(scripted("texts", by_text))), std::move(state)};
}

Interception pass(Interceptor& interceptor, std::string text,
                  Direction direction = Direction::kToServer) {
  Received received = interceptor.receive(std::move(text), direction, 0);
  return interceptor.finish(received);
}

std::string call(std::string_view word, std::string_view meta = "") {
  return R"({"jsonrpc":"2.0","id":"x1","method":"tools/call","params":{)" + std::string(meta) +
         R"("name":"t","arguments":{"a":")" + std::string(word) + "\"}}}";
}

constexpr std::string_view kText =
    "Blocked by policy: PERMISSION_DENIED (no-forbidden): as scripted. What to do: leave it out. "
    "Try again in 5 seconds. Request s-1.";

}  // namespace

TEST_CASE("interceptor: what is allowed goes on byte for byte") {
  Interceptor interceptor = session();
  const std::string odd = R"( { "id" : 1,"jsonrpc":"2.0" , "method":"ping"}  )";
  CHECK(pass(interceptor, odd) ==
        Interception{.action = Action::kForward, .to = Direction::kToServer, .bytes = odd});
}

TEST_CASE("interceptor: what is modified goes on as the guards left it") {
  Interceptor interceptor = session();
  CHECK(pass(interceptor, call("secret")) ==
        Interception{.action = Action::kRewrite, .to = Direction::kToServer, .bytes = call("***")});
}

TEST_CASE("interceptor: a denied call is answered with a result that the model is shown") {
  Interceptor interceptor = session();
  CHECK(pass(interceptor, call("forbidden")) ==
        Interception{.action = Action::kAnswer,
                     .to = Direction::kToClient,
                     .bytes = R"({"jsonrpc":"2.0","id":"x1","result":{"content":[{"type":"text",)"
                              R"("text":")" +
                              std::string(kText) + R"("}],"isError":true}})"});
}

TEST_CASE("interceptor: in the stateless revision the result says that it is complete") {
  Interceptor interceptor = session();
  const std::string meta = R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"},)";
  CHECK(pass(interceptor, call("forbidden", meta)).bytes ==
        R"({"jsonrpc":"2.0","id":"x1","result":{"resultType":"complete","content":[{"type":"text",)"
        R"("text":")" +
            std::string(kText) + R"("}],"isError":true}})");
}

TEST_CASE("interceptor: other requests get an error outside of the reserved codes") {
  Interceptor interceptor = session();
  CHECK(pass(interceptor,
             R"({"jsonrpc":"2.0","id":7,"method":"resources/read","params":{"uri":"forbidden"}})")
            .bytes == R"({"jsonrpc":"2.0","id":7,"error":{"code":-31001,"message":")" +
                          std::string(kText) +
                          R"(","data":{"code":"PERMISSION_DENIED","rule":"no-forbidden",)"
                          R"("request_id":"s-1","retry_after_seconds":5}}})");
  for (int code = 0; code <= static_cast<int>(DenialCode::kGuardFailed); ++code) {
    const int number = json_rpc_code(static_cast<DenialCode>(code));
    CHECK((number < -32768 || number > -32000));
  }
}

TEST_CASE("interceptor: notifications are dropped, in both directions") {
  Interceptor interceptor = session();
  const std::string text =
      R"({"jsonrpc":"2.0","method":"notifications/message","params":{"data":"forbidden"}})";
  CHECK(pass(interceptor, text) == Interception{});
  CHECK(pass(interceptor, text, Direction::kToClient) == Interception{});
}

TEST_CASE("interceptor: for an answer that is denied, who asked gets an error for its id") {
  Interceptor interceptor = session();
  (void)pass(interceptor,
             R"({"jsonrpc":"2.0","id":3,"method":"resources/read","params":{"uri":"a"}})");
  const Interception denied =
      pass(interceptor, R"({"jsonrpc":"2.0","id":3,"result":{"contents":["forbidden"]}})",
           Direction::kToClient);
  CHECK(denied.action == Action::kAnswer);
  CHECK(denied.to == Direction::kToClient);
  CHECK(denied.bytes.starts_with(R"({"jsonrpc":"2.0","id":3,"error":{"code":-31001,)"));
  (void)pass(interceptor, call("x"));
  const Interception tool =
      pass(interceptor, R"({"jsonrpc":"2.0","id":"x1","result":{"content":["forbidden"]}})",
           Direction::kToClient);
  CHECK(tool.bytes.starts_with(R"({"jsonrpc":"2.0","id":"x1","result":{"content":[)"));
  CHECK(tool.bytes.find("forbidden\"") == std::string::npos);
}

TEST_CASE("interceptor: an answer that nobody asked for has nobody to be told") {
  Interceptor interceptor = session();
  CHECK(pass(interceptor, R"({"jsonrpc":"2.0","id":99,"result":"forbidden"})",
             Direction::kToClient) == Interception{});
}

TEST_CASE(
    "interceptor: bytes that are no message are refused to a client and dropped of a server") {
  Interceptor interceptor = session();
  const Interception refused = pass(interceptor, "{\"id\":1,\"id\":2");
  CHECK(refused.action == Action::kAnswer);
  CHECK(refused.to == Direction::kToClient);
  CHECK(refused.bytes.starts_with(R"({"jsonrpc":"2.0","id":null,"error":{"code":-31007,)"));
  CHECK(refused.bytes.find("message-unreadable") != std::string::npos);
  CHECK(pass(interceptor, "nonsense", Direction::kToClient) == Interception{});
  CHECK(interceptor.state().sequence == 0);
}

TEST_CASE("interceptor: for a broken answer to an open request, who asked gets an error, once") {
  Interceptor interceptor = session();
  (void)pass(interceptor, R"({"jsonrpc":"2.0","id":"a","method":"ping"})");
  const std::string broken = R"({"jsonrpc":"2.0","id":"a","result":{},"result":{}})";
  const Interception refused = pass(interceptor, broken, Direction::kToClient);
  CHECK(refused.action == Action::kAnswer);
  CHECK(refused.to == Direction::kToClient);
  CHECK(refused.bytes.starts_with(R"({"jsonrpc":"2.0","id":"a","error":{"code":-31007,)"));
  CHECK(interceptor.state().pending.empty());
  CHECK(interceptor.state().sequence == 1);
  CHECK(pass(interceptor, broken, Direction::kToClient) == Interception{});
  const Interception late =
      pass(interceptor, R"({"jsonrpc":"2.0","id":"a","result":{}})", Direction::kToClient);
  CHECK(late.action == Action::kDrop);
}

TEST_CASE("interceptor: a broken answer to a cancelled request has nobody to be told") {
  Interceptor interceptor = session();
  (void)pass(interceptor, R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  (void)pass(interceptor,
             R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
  CHECK(pass(interceptor, R"({"id":1,"result":{}})", Direction::kToClient) == Interception{});
  CHECK(interceptor.state().pending.size() == 1);
}

TEST_CASE("interceptor: what waits is judged anew when a broken answer has closed its request") {
  Interceptor interceptor = session();
  (void)pass(interceptor, R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  Received waiting =
      interceptor.receive(R"({"jsonrpc":"2.0","id":1,"result":{}})", Direction::kToClient, 0);
  CHECK(interceptor.still_holds(waiting));
  CHECK(pass(interceptor, R"({"id":1,"result":{}})", Direction::kToClient).action ==
        Action::kAnswer);
  CHECK(!interceptor.still_holds(waiting));
  CHECK(interceptor.finish(waiting).action == Action::kDrop);
}

TEST_CASE("interceptor: a call that needs a person is refused when nobody approves it") {
  Interceptor interceptor = session();
  const Interception refused = pass(interceptor, call("careful"));
  CHECK(refused.bytes.find("APPROVAL_REQUIRED (be-careful)") != std::string::npos);
  CHECK(interceptor.state().denials == 1);
}

TEST_CASE("interceptor: with a grant the call goes on") {
  Interceptor interceptor = session();
  Received received = interceptor.receive(call("careful"), Direction::kToServer, 0);
  REQUIRE(received.evaluation.decision.verdict == Verdict::kAsk);
  received.event->facts.grants.push_back(
      {.ticket = "t", .message_digest = digest_of_message(call("careful"))});
  interceptor.judge(received);
  CHECK(interceptor.finish(received).action == Action::kForward);
  CHECK(interceptor.state().calls == 1);
}

TEST_CASE("interceptor: a message that waited is judged on the state that it meets") {
  Interceptor interceptor = session();
  Received waiting = interceptor.receive(call("careful"), Direction::kToServer, 0);
  CHECK(waiting.event->sequence == 1);
  (void)pass(interceptor, R"({"jsonrpc":"2.0","id":2,"method":"ping"})");
  const Interception refused = interceptor.finish(waiting);
  CHECK(waiting.event->sequence == 2);
  CHECK(refused.bytes.find("Request s-2") != std::string::npos);
  CHECK(interceptor.state().sequence == 2);
}

TEST_CASE("interceptor: why a guard failed is not told to peers") {
  SessionState state;
  state.session = "s";
  Interceptor interceptor(
      policy_of(guard_list(scripted("throws",
                                    [](const GuardInput&) -> GuardOutcome {
                                      throw std::runtime_error("/home/user/secret");
                                    }))),
      std::move(state));
  const Interception refused = pass(interceptor, call("x"));
  CHECK(refused.bytes.find("GUARD_FAILED") != std::string::npos);
  CHECK(refused.bytes.find("/home/user") == std::string::npos);
}

TEST_CASE("interceptor: an answer to the proxy's own question goes nowhere") {
  Interceptor interceptor = session();
  Received received = interceptor.receive(R"({"jsonrpc":"2.0","id":"m-1","method":"tools/list"})",
                                          Direction::kToServer, 0, EventOrigin::kProxy);
  CHECK(interceptor.finish(received) == Interception{});
  Received answer = interceptor.receive(
      R"({"jsonrpc":"2.0","id":"m-1","result":{"tools":[{"name":"a","inputSchema":{}}]}})",
      Direction::kToClient, 0, EventOrigin::kProxy);
  CHECK(interceptor.finish(answer) == Interception{});
  CHECK(interceptor.state().surface.newest.size() == 1);
  CHECK(interceptor.state().surface.sent.empty());
}

}  // namespace merlon
