#include <doctest/doctest.h>

#include "base/base64.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

// Prefixes are split, so that scanners of repositories leave this file alone.
const std::string kTestToken = std::string("gh") + "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17";

std::string secrets_policy(std::string_view config) {
  return R"(format = 1
name = "secrets"
[[guard]]
type = "secrets"
[guard.config]
)" + std::string(config) +
         R"(
[[tool]]
tool = "read_*"
capabilities = ["reads-private"]
[[tool]]
tool = "send_*"
capabilities = ["sends-out"]
)";
}

std::string text_result(std::string_view text_json) {
  return R"({"content":[{"type":"text","text":)" + std::string(text_json) + "}]}";
}

/// What the client gets of a result; empty when the message is not rewritten.
std::string rewritten_of(GuardSession& session, std::string_view result) {
  session.call("read_file");
  const Decision decision = session.answer(result);
  CHECK(decision.verdict == (decision.rewritten ? Verdict::kModify : Verdict::kAllow));
  const std::string all = decision.rewritten.value_or("");
  const std::size_t at = all.find("\"result\":");
  return at == std::string::npos ? all : all.substr(at + 9, all.size() - at - 10);
}

}  // namespace

TEST_CASE("secrets: a token in a result becomes its name, the text around it stays") {
  GuardSession session(secrets_policy(""));
  CHECK(rewritten_of(session, text_result("\"a " + kTestToken + " b\"")) ==
        text_result("\"a [redacted:github-token] b\""));
  CHECK(rewritten_of(session, text_result("\"nothing of the kind\"")).empty());
}

TEST_CASE("secrets: the four classic assignments are found in a text") {
  GuardSession session(secrets_policy(""));
  for (const std::string_view text :
       {"api_key = k9ZqL2mXw7RtY4uBvC1n", "apikey: 'k9ZqL2mXw7RtY4uBvC1n'",
        "password: Tr0ub4dor&3xyz", "DB_PASSWORD=Tr0ub4dor&3xyz", "token=k9ZqL2mXw7RtY4uBvC1n",
        "Authorization: Bearer k9ZqL2mXw7RtY4uBvC1n", "bearer k9ZqL2mXw7RtY4uBvC1n",
        "secret_key=k9ZqL2mXw7RtY4uBvC1n", "private_key: k9ZqL2mXw7RtY4uBvC1n",
        "client_secret = k9ZqL2mXw7RtY4uBvC1n"}) {
    CAPTURE(text);
    const std::string out = rewritten_of(session, text_result('"' + std::string(text) + '"'));
    CHECK(out.find("[redacted:assigned-secret]") != std::string::npos);
    CHECK(out.find("k9ZqL2mXw7RtY4uBvC1n") == std::string::npos);
    CHECK(out.find("Tr0ub4dor") == std::string::npos);
  }
  for (const std::string_view harmless :
       {"api_key = ${API_KEY}", "password: <your password>", "token limit: 4096",
        "the secret of success", "set your api key in the settings"}) {
    CAPTURE(harmless);
    CHECK(rewritten_of(session, text_result('"' + std::string(harmless) + '"')).empty());
  }
}

TEST_CASE("secrets: structured content, embedded resources, keys and blobs of text are searched") {
  GuardSession session(secrets_policy(""));
  CHECK(rewritten_of(session, R"({"structuredContent":{"a":[{"b":")" + kTestToken + R"("}]}})") ==
        R"({"structuredContent":{"a":[{"b":"[redacted:github-token]"}]}})");
  CHECK(rewritten_of(session, R"({"structuredContent":{"api_key":"k9ZqL2mXw7RtY4uBvC1n"}})") ==
        R"({"structuredContent":{"api_key":"[redacted:secret-member]"}})");
  CHECK(
      rewritten_of(session, R"({"content":[{"type":"resource","resource":{"uri":"a","text":")" +
                                kTestToken + R"("}}]})") ==
      R"({"content":[{"type":"resource","resource":{"uri":"a","text":"[redacted:github-token]"}}]})");
  CHECK(rewritten_of(session, R"({"x":{")" + kTestToken + R"(":1,"kept":2}})") ==
        R"({"x":{"kept":2}})");
  CHECK(rewritten_of(session, R"({"contents":[{"uri":"a","blob":")" +
                                  to_base64("id " + kTestToken) + R"("}]})") ==
        R"({"contents":[{"uri":"a","blob":")" + to_base64("id [redacted:github-token]") +
            R"("}]})");
}

TEST_CASE("secrets: several in one text are all redacted, escapes of JSON do not hide one") {
  GuardSession session(secrets_policy(""));
  std::string escaped = "\\u0067";
  escaped += kTestToken.substr(1);
  CHECK(rewritten_of(session, text_result("\"" + escaped + " and " + kTestToken + "\"")) ==
        text_result("\"[redacted:github-token] and [redacted:github-token]\""));
}

TEST_CASE("secrets: errors and log notifications are redacted") {
  GuardSession session(secrets_policy(""));
  session.call("read_file");
  const Decision error = session.send(
      Direction::kToClient, R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no )" +
                                kTestToken + R"(","data":{"t":")" + kTestToken + R"("}}})");
  REQUIRE(error.rewritten.has_value());
  CHECK(*error.rewritten ==
        R"({"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no [redacted:github-token]",)"
        R"("data":{"t":"[redacted:github-token]"}}})");
  const Decision log = session.send(
      Direction::kToClient,
      R"({"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":")" +
          kTestToken + R"("}})");
  CHECK(log.verdict == Verdict::kModify);
  CHECK(log.rewritten->find(kTestToken) == std::string::npos);
}

TEST_CASE("secrets: an argument asks, and is denied when the tool sends out") {
  GuardSession session(secrets_policy(""));
  const std::string arguments = R"({"text":")" + kTestToken + R"("})";
  CHECK(session.call("read_file", arguments).verdict == Verdict::kAsk);
  const Decision denied = session.call("send_mail", arguments);
  CHECK(denied.verdict == Verdict::kDeny);
  CHECK(test::deciding_rule(denied) == "secret-github-token");
  CHECK(determining_reasons(denied).front()->code == DenialCode::kDataLeak);
  CHECK(determining_reasons(denied).front()->pointer == "/params/arguments/text");
  CHECK(determining_reasons(denied).front()->evidence.find(kTestToken) == std::string::npos);
  CHECK(session.call("nobody_knows_it", arguments).verdict == Verdict::kDeny);
  CHECK(session.call("read_page", R"({"url":"https://a.example.org/)" + kTestToken + R"("})")
            .verdict == Verdict::kDeny);
  CHECK(session.call("send_mail", R"({"text":"hello"})").verdict == Verdict::kAllow);
}

TEST_CASE("secrets: `action` denies, `arguments` redacts, detectors can be chosen") {
  GuardSession denies(secrets_policy("action = \"deny\"\narguments = \"redact\""));
  denies.call("read_file");
  CHECK(denies.answer(text_result("\"" + kTestToken + "\"")).verdict == Verdict::kDeny);
  const Decision call = denies.call("read_file", R"({"a":")" + kTestToken + R"("})");
  CHECK(call.verdict == Verdict::kModify);
  CHECK(call.rewritten->find("\"a\":\"[redacted:github-token]\"") != std::string::npos);
  GuardSession other(secrets_policy("detectors = [\"aws-key\"]\nnames = false"));
  CHECK(rewritten_of(other, text_result("\"" + kTestToken + "\"")).empty());
}

TEST_CASE("secrets: a member that stands twice cannot be redacted and is denied") {
  GuardSession session(secrets_policy(""));
  session.call("read_file");
  const Decision decision =
      session.answer(R"({"structuredContent":{"a":"first","a":")" + kTestToken + R"("}})");
  CHECK(decision.verdict == Verdict::kDeny);
  CHECK(determining_reasons(decision).back()->rule_id == "secret-not-redactable");
}

TEST_CASE("secrets: 256 places are redacted, one more is denied") {
  for (const std::size_t count : {std::size_t{256}, std::size_t{257}}) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) {
      list += (i == 0 ? "\"" : ",\"") + kTestToken + "\"";
    }
    GuardSession session(secrets_policy(""));
    session.call("read_file");
    const Decision decision = session.answer(R"({"structuredContent":{"l":[)" + list + "]}}");
    CHECK(decision.verdict == (count == 256 ? Verdict::kModify : Verdict::kDeny));
    CHECK(decision.rewritten.value_or("").find(kTestToken) == std::string::npos);
  }
}

TEST_CASE(
    "secrets: wherever in a message a token stands, it does not get out, and nothing else "
    "changes") {
  std::uint64_t state = 7;
  const auto below = [&state](std::uint64_t end) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state >> 33U) % end;
  };
  GuardSession session(secrets_policy(""));
  for (int round = 0; round < 200; ++round) {
    // Random nesting around a text with the token somewhere in it.
    const std::string before(below(30), '.');
    const std::string after(below(30), '!');
    std::string secret = '"' + before + ' ' + kTestToken + ' ' + after + '"';
    std::string clean = '"' + before + " [redacted:github-token] " + after + '"';
    for (std::uint64_t depth = below(12); depth > 0; --depth) {
      const bool object = below(2) == 0;
      const std::string head = object ? R"({"k":0,"~/":)" : "[1,";
      const std::string tail = object ? R"(,"z":"é"})" : ",null]";
      secret = head + secret + tail;
      clean = head + clean + tail;
    }
    CHECK(rewritten_of(session, R"({"a":)" + secret + "}") == R"({"a":)" + clean + "}");
  }
}

TEST_CASE("secrets: tokens that are places in a list stay") {
  GuardSession session(secrets_policy(""));
  CHECK(rewritten_of(session, R"({"nextPageToken":"k9ZqL2mXw7RtY4uBvC1n"})").empty());
  CHECK(session
            .send(Direction::kToServer,
                  R"({"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"read_file",)"
                  R"("_meta":{"progressToken":"k9ZqL2mXw7RtY4uBvC1n"}}})")
            .verdict == Verdict::kAllow);
}

TEST_CASE("secrets: an image cannot be searched, and the policy says what that means") {
  const std::string image =
      R"({"content":[{"type":"image","mimeType":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"}]})";
  for (const auto& [word, verdict] :
       {std::pair{"allow", Verdict::kAllow}, std::pair{"warn", Verdict::kWarn},
        std::pair{"deny", Verdict::kDeny}}) {
    GuardSession session(secrets_policy("uninspected = \"" + std::string(word) + "\""));
    session.call("read_file");
    const Decision decision = session.answer(image);
    CHECK(decision.verdict == verdict);
    CHECK(test::deciding_rule(decision) ==
          (verdict == Verdict::kAllow ? "" : "secrets-uninspected"));
  }
}

TEST_CASE("secrets: wrong settings are complaints") {
  auto policy = parse_policy(
      SourceText::copy_of("policy.toml",
                          secrets_policy("action = \"hide\"\ndetectors = [\"mail-address\"]\n"
                                         "colour = 1")),
      {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  REQUIRE_FALSE(compiled.has_value());
  CHECK(compiled.error().size() == 3);
  CHECK(compiled.error().front().where.line == 6);
}

}  // namespace merlon
