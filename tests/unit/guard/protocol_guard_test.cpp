#include <doctest/doctest.h>

#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

std::string protocol_policy(std::string_view config) {
  return "format = 1\nname = \"t\"\n[[guard]]\ntype = \"protocol\"\n[guard.config]\n" +
         std::string(config);
}

/// The verdict and the rule that made it.
std::string protocol_word(const Decision& decision) {
  const auto reasons = determining_reasons(decision);
  return std::string(to_string(decision.verdict)) +
         (reasons.empty() ? "" : " " + reasons.front()->rule_id);
}

GuardSession protocol_session(std::string_view revision, std::string_view config = "") {
  GuardSession session(protocol_policy(config));
  session.state.protocol_version = revision;
  return session;
}

Decision to_server(GuardSession& session, std::string_view rest) {
  return session.send(Direction::kToServer, R"({"jsonrpc":"2.0",)" + std::string(rest) + "}");
}
Decision to_client(GuardSession& session, std::string_view rest) {
  return session.send(Direction::kToClient, R"({"jsonrpc":"2.0",)" + std::string(rest) + "}");
}

std::size_t protocol_policy_errors(std::string_view config) {
  auto policy = parse_policy(SourceText::copy_of("policy.toml", protocol_policy(config)), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  return compiled ? 0 : compiled.error().size();
}

}  // namespace

TEST_CASE("protocol: an ordinary call and its answer are nothing to speak of") {
  GuardSession session = protocol_session("2025-11-25");
  CHECK(session.call("read_file", R"({"path":"a","\u00e4":1})").verdict == Verdict::kAllow);
  CHECK(session.answer(R"({"content":[]})").verdict == Verdict::kAllow);
}

TEST_CASE("protocol: methods are those of the revision; others are a warning, or what is said") {
  GuardSession legacy = protocol_session("2025-11-25");
  CHECK(protocol_word(to_server(legacy, R"("id":1,"method":"ping")")) == "allow");
  CHECK(protocol_word(to_client(legacy, R"("id":1,"method":"log")")) ==
        "warn protocol-unknown-method");
  GuardSession modern = protocol_session("2026-07-28", "unknown_method = \"deny\"\n");
  CHECK(protocol_word(to_server(modern, R"("id":1,"method":"ping")")) ==
        "deny protocol-unknown-method");
  CHECK(protocol_word(to_client(modern, R"("method":"notifications/elicitation/complete")")) ==
        "deny protocol-unknown-method");
}

TEST_CASE("protocol: servers of the modern era send no requests, legacy ones may") {
  constexpr std::string_view kAsk =
      R"("id":1,"method":"sampling/createMessage","params":{"messages":[]})";
  GuardSession modern = protocol_session("2026-07-28");
  CHECK(protocol_word(to_client(modern, kAsk)) == "deny protocol-server-request");
  GuardSession legacy = protocol_session("2025-06-18");
  CHECK(protocol_word(to_client(legacy, kAsk)) == "allow");
}

TEST_CASE("protocol: before the modern era an id is used once by each side") {
  GuardSession session = protocol_session("2025-11-25");
  CHECK(protocol_word(to_server(session, R"("id":7,"method":"ping")")) == "allow");
  CHECK(protocol_word(to_client(session, R"("id":7,"method":"ping")")) == "allow");
  CHECK(protocol_word(to_client(session, R"("id":7,"result":{})")) == "allow");
  CHECK(protocol_word(to_server(session, R"("id":7,"method":"ping")")) ==
        "warn protocol-reused-id");
  CHECK(protocol_word(to_server(session, R"("id":"7","method":"ping")")) == "allow");
}

TEST_CASE("protocol: nothing is asked before a revision is agreed or claimed") {
  GuardSession session = protocol_session("");
  CHECK(protocol_word(to_server(session, R"("id":1,"method":"tools/list")")) ==
        "warn protocol-before-initialize");
  CHECK(protocol_word(to_server(
            session, R"("id":2,"method":"tools/list","params":{"_meta":)"
                     R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28"}})")) == "allow");
}

TEST_CASE("protocol: names of arguments that two programs may read in two ways are denied") {
  GuardSession session = protocol_session("2025-11-25");
  CHECK(protocol_word(session.call("t", R"({"path":"a","path":"b"})")) ==
        "deny protocol-argument-keys");
  const Decision escaped = session.call("t", R"({"a":{"\u0070ath":"b"}})");
  CHECK(protocol_word(escaped) == "deny protocol-argument-keys");
  CHECK(determining_reasons(escaped).front()->pointer == "/params/arguments/a/path");
  CHECK(protocol_word(session.call("t", R"({"path":"a\u0070","b":{"path":1}})")) == "allow");
}

TEST_CASE("protocol: depth and strings at the limit pass, one more is denied") {
  GuardSession session =
      protocol_session("2025-11-25", "max_argument_depth = 3\nmax_string_bytes = 16\n");
  CHECK(protocol_word(session.call("t", R"({"a":[[1]],"b":[[2]]})")) == "allow");
  CHECK(protocol_word(session.call("t", R"({"a":[[[1]]]})")) == "deny protocol-argument-depth");
  CHECK(protocol_word(session.call("t", R"({"a":"12345678901234"})")) == "allow");
  CHECK(protocol_word(session.call("t", R"({"a":"123456789012345"})")) ==
        "deny protocol-string-size");
}

TEST_CASE("protocol: names of tools have the protocol's form") {
  GuardSession session = protocol_session("2025-11-25");
  CHECK(protocol_word(session.call(std::string(128, 'a'))) == "allow");
  CHECK(protocol_word(session.call(std::string(129, 'a'))) == "deny protocol-tool-name");
  CHECK(protocol_word(session.call("read file")) == "deny protocol-tool-name");
  CHECK(protocol_word(session.offer(R"([{"name":"r\u0435ad","inputSchema":{}}])")) ==
        "deny protocol-tool-name");
}

TEST_CASE("protocol: unknown result types and progress that nobody asked for are warnings") {
  GuardSession session = protocol_session("2026-07-28");
  session.call("t");
  CHECK(protocol_word(session.answer(R"({"resultType":"complete","content":[]})")) == "allow");
  session.call("t");
  CHECK(protocol_word(session.answer(R"({"resultType":"other","content":[]})")) ==
        "warn protocol-result-type");
  CHECK(protocol_word(to_server(session, R"("id":"p","method":"tools/call","params":)"
                                         R"({"name":"t","_meta":{"progressToken":5}})")) ==
        "allow");
  constexpr std::string_view kProgress = R"("method":"notifications/progress","params":)";
  CHECK(protocol_word(to_client(session, std::string(kProgress) + R"({"progressToken":5})")) ==
        "allow");
  CHECK(protocol_word(to_client(session, std::string(kProgress) + R"({"progressToken":"5"})")) ==
        "warn protocol-progress-token");
}

TEST_CASE("protocol: a form that asks for a secret is denied in both eras") {
  GuardSession legacy = protocol_session("2025-11-25");
  constexpr std::string_view kAsk =
      R"("id":1,"method":"elicitation/create","params":{"message":"m","requestedSchema":)"
      R"({"type":"object","properties":{)";
  CHECK(protocol_word(to_client(legacy, std::string(kAsk) + R"("api_key":{"type":"string"}}}})")) ==
        "deny protocol-secret-elicitation");
  GuardSession twin = protocol_session("2025-11-25");
  CHECK(protocol_word(to_client(twin, std::string(kAsk) + R"("city":{"type":"string"}}}})")) ==
        "allow");
  GuardSession modern = protocol_session("2026-07-28");
  modern.call("t");
  CHECK(protocol_word(modern.answer(
            R"({"resultType":"input_required","inputRequests":{"k":{"method":"elicitation/create",
            "params":{"requestedSchema":{"properties":{"password":{"type":"string"}}}}}}})")) ==
        "deny protocol-secret-elicitation");
}

TEST_CASE("protocol: a schema that refers to another host is a warning") {
  GuardSession session = protocol_session("2025-11-25");
  CHECK(protocol_word(session.offer(
            R"([{"name":"a","inputSchema":{"$ref":"#/$defs/x","$defs":{"x":{}}}}])")) == "allow");
  CHECK(protocol_word(session.offer(
            R"([{"name":"a","inputSchema":{"$ref":"https://example.com/s.json"}}])")) ==
        "warn protocol-network-reference");
}

TEST_CASE("protocol: what is remembered is bounded") {
  GuardSession session = protocol_session("2025-11-25");
  for (int i = 0; i < 1500; ++i) {
    to_server(session, R"("id":)" + std::to_string(i) +
                           R"(,"method":"ping","params":{"_meta":{"progressToken":)" +
                           std::to_string(i) + "}}");
  }
  CHECK(session.state.memory.at("protocol").series.at("id:to-server").size() == 1024);
  CHECK(session.state.memory.at("protocol").series.at("token:to-server").size() == 256);
}

TEST_CASE("protocol: wrong settings are errors") {
  CHECK(protocol_policy_errors("tool_name = \"modify\"\n") == 1);
  CHECK(protocol_policy_errors("max_argument_depth = 129\n") == 1);
  CHECK(protocol_policy_errors("max_depth = 5\n") == 1);
}

}  // namespace merlon
