#include "mcp/message_codec.h"

#include <doctest/doctest.h>

#include "mcp/method.h"

namespace merlon {
namespace {

Result<Message> parsed(std::string text, MessageLimits limits = {}) {
  return parse_message(std::move(text), Direction::kToServer, limits);
}

/// The error's code and text, or "accepted".
std::string refusal(std::string text, MessageLimits limits = {}) {
  const auto message = parsed(std::move(text), limits);
  return message ? "accepted"
                 : std::string(to_string(message.error().code)) + ": " + message.error().message;
}

std::string with_id(std::string_view id) {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":"ping"})";
}

}  // namespace

TEST_CASE("message: the four kinds are told apart") {
  CHECK(parsed(R"({"jsonrpc":"2.0","id":1,"method":"ping"})")->kind == MessageKind::kRequest);
  CHECK(parsed(R"({"jsonrpc":"2.0","method":"notifications/initialized"})")->kind ==
        MessageKind::kNotification);
  CHECK(parsed(R"({"jsonrpc":"2.0","id":1,"result":{}})")->kind == MessageKind::kResult);
  CHECK(parsed(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}})")->kind ==
        MessageKind::kError);
}

TEST_CASE("message: what parsers read in different ways is refused, by name") {
  CHECK(refusal(R"([{"jsonrpc":"2.0","method":"ping"}])") ==
        "protocol: a message must be one JSON object");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"})") ==
        "protocol: a key of the message is there twice");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"\u006dethod":"tools/call"})") ==
        "protocol: a key of the message is spelled with an escape");
  CHECK(refusal(
            R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}})") ==
        "protocol: a key of `params` is there twice");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"method":"ping","result":{}})") ==
        "protocol: a message must have either `method` or one of `result` and `error`");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1})") ==
        "protocol: a message must have either `method` or one of `result` and `error`");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"result":{},"error":{}})") ==
        "protocol: `error` stands beside `result`");
  CHECK(refusal(R"({"id":1,"method":"ping"})") == "protocol: `jsonrpc` must be \"2.0\"");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"method":"ping","extra":1})") ==
        "protocol: unknown member `extra` beside the members of JSON-RPC");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})") ==
        "protocol: `params` must be an object");
  CHECK(refusal("\xEF\xBB\xBF{}") == "protocol: the message starts with a byte order mark");
  CHECK(refusal("{\"jsonrpc\":\"2.0\",\r\"method\":\"ping\"}") ==
        "protocol: the message holds a bare carriage return");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/ call"})") ==
        "protocol: `method` must be printable ASCII without blanks");
}

TEST_CASE("message: a request of the protocol has an id, whatever its reader makes of none") {
  CHECK(refusal(R"({"jsonrpc":"2.0","method":"tools/call","params":{"name":"x"}})") ==
        "protocol: `tools/call` is a request and must have an id");
  CHECK(refusal(R"({"jsonrpc":"2.0","method":"sampling/createMessage"})") ==
        "protocol: `sampling/createMessage` is a request and must have an id");
  CHECK(refusal(R"({"jsonrpc":"2.0","method":"notifications/progress"})") == "accepted");
  CHECK(refusal(R"({"jsonrpc":"2.0","method":"x/own"})") == "accepted");
}

TEST_CASE("message: names that decide what is done stand in one case only") {
  const auto call = [](std::string_view params) {
    return refusal(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":)" +
                   std::string(params) + "}");
  };
  CHECK(call(R"({"name":"echo","Name":"other"})") ==
        "protocol: a key of `params` is `name` in another case");
  CHECK(call(R"({"name":"echo","ARGUMENTS":{}})") ==
        "protocol: a key of `params` is `arguments` in another case");
  CHECK(call(R"({"name":"echo","arguments":{"Name":1,"name":2}})") == "accepted");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"result":{"tools":[],"Tools":[]}})") ==
        "protocol: a key of `result` is `tools` in another case");
  // A list that is there twice is denied by the guards that read it, so that who asked is told.
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"result":{"tools":[],"tools":[]}})") == "accepted");
  CHECK(refusal(R"({"jsonrpc":"2.0","id":1,"result":[1]})") == "accepted");
}

TEST_CASE("message: ids are strings and plain integers, kept as they are spelled") {
  for (const std::string_view id :
       {"0", "-1", "9007199254740993", "18446744073709551615", "\"\"", "\"5\""}) {
    CAPTURE(id);
    CHECK(refusal(with_id(id)) == "accepted");
  }
  for (const std::string_view id : {"2.0", "2e0", "1.5", "true", "null", "[]", "{}"}) {
    CAPTURE(id);
    CHECK(refusal(with_id(id)).starts_with("protocol: the id"));
  }
  CHECK(parsed(with_id("5"))->id_key() == "5");
  CHECK(parsed(with_id("\"5\""))->id_key() == "\"5");
  CHECK(refusal(with_id("\"\\ud800\"")) == "protocol: the id is not well-formed text");
}

TEST_CASE("message: a message at a limit passes, one more does not") {
  const std::string ping = with_id("1");
  CHECK(refusal(ping, {.bytes = ping.size()}) == "accepted");
  CHECK(refusal(ping, {.bytes = ping.size() - 1}).starts_with("limit: "));
  const auto nested = [](std::size_t depth) {
    return R"({"jsonrpc":"2.0","method":"x","params":{"a":)" + std::string(depth - 2, '[') +
           std::string(depth - 2, ']') + "}}";
  };
  CHECK(refusal(nested(128)) == "accepted");
  CHECK(refusal(nested(129)).starts_with("limit: "));
  CHECK(refusal(nested(100'000)).starts_with("limit: "));
}

TEST_CASE("phase: every message has one, and an answer has that of its request") {
  const auto phase = [](std::string text, std::string_view answers = "") {
    return phase_of(*parsed(std::move(text)), answers);
  };
  CHECK(phase(R"({"jsonrpc":"2.0","id":1,"method":"initialize"})") == Phase::kConnection);
  CHECK(phase(R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})") == Phase::kToolInvoke);
  CHECK(phase(R"({"jsonrpc":"2.0","id":1,"method":"custom/method"})") == Phase::kRequest);
  CHECK(phase(R"({"jsonrpc":"2.0","id":1,"result":{}})", "tools/list") == Phase::kToolsList);
  CHECK(phase(R"({"jsonrpc":"2.0","id":1,"result":{}})", "tools/call") == Phase::kResponse);
  CHECK(phase(R"({"jsonrpc":"2.0","id":1,"result":{}})") == Phase::kResponse);
  CHECK(phase(R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":""}})", "tools/list") ==
        Phase::kResponse);
  CHECK(phase(R"({"jsonrpc":"2.0","method":"notifications/message"})") == Phase::kNotification);
}

TEST_CASE("phase: words and values are each other's inverse") {
  for (std::size_t i = 0; i < kPhaseCount; ++i) {
    CHECK(parse_phase(to_string(static_cast<Phase>(i))) == static_cast<Phase>(i));
  }
  CHECK(!parse_phase("tools"));
}

}  // namespace merlon
