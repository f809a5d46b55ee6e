#include "mcp/recording_writer.h"

#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "support/memory_sink.h"
#include "support/sample_recording.h"

namespace merlon {
namespace {

using test::line_of;
using test::MemorySink;
using test::sample_event;
using test::sample_header;
using test::sample_recording;

/// Takes `hunter2` for a secret, whatever it stands in.
std::optional<std::string> mask_hunter(std::string_view /*key*/, std::string_view text,
                                       const SecretMark& mark) {
  const std::size_t at = text.find("hunter2");
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  return std::string(text.substr(0, at)) + mark("hunter2") + std::string(text.substr(at + 7));
}

RecordingOptions redacted() {
  return {.masker = mask_hunter, .key = "key"};
}

std::string mark_of_hunter() {
  return RecordingMask(mask_hunter, "key").mark("hunter2");
}

Event event_with(const std::string& bytes, Direction direction = Direction::kToServer) {
  Event event;
  event.sequence = 1;
  event.message = *parse_message(bytes, direction, {});
  return event;
}

}  // namespace

TEST_CASE("recording writer: each kind of line, to the byte") {
  const std::string text = sample_recording();
  CHECK(line_of(text, 1) ==
        R"({"type":"recording","format":1,"merlon":"0.1.0","time_ms":1800000000000,)"
        R"("server":"files","launch":"launch-digest","session":"s1","tenant":"blue",)"
        R"("identity":{"base64":"YW3pbGll"},"user":"1000","group":"desk","full":true,)"
        R"("limits":{"bytes":16777216,"depth":128,"nodes":1000000},)"
        R"("policy":{"name":"team","version":3,"digest":"policy-digest","tenant":"blue",)"
        R"("files":[{"name":"base.toml","text":"format = 1\n","aliases":["./base.toml"]},)"
        R"({"name":"team.toml","text":"format = 1\nname = \"team\"\n"}],)"
        R"("system":[{"name":"/etc/merlon/policy.toml","text":"format = 1\n"}]},)"
        R"("rules":{"version":"1","digest":"rules-digest"},"pins":"{\"format\":1}\n",)"
        R"("label":{"kind":"attack","attacker_calls":[2,5],"utility":true,"cluster":"office"}})");
  CHECK(line_of(text, 2) ==
        R"({"type":"event","sequence":1,"time_ms":1800000000007,"direction":"to-server",)"
        R"("origin":"peer","action":"forward",)"
        R"("message":{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call",)"
        R"("params":{"name":"a","arguments":{"n":1.50,"n":2e0}}},"message_blanks":[" ","\t\r"],)"
        R"("facts":{"answers":[{"kind":"path","what":"a/b","state":"known",)"
        R"("values":[{"base64":"L3Nydi//L2I="}]},)"
        R"({"kind":"host","what":"h","state":"timeout","values":[]},)"
        R"({"kind":"hook","what":"guard","state":"failed","values":[]},)"
        R"({"kind":"tool-list","what":"","state":"absent","values":[]}],"late":["slow"],)"
        R"("grants":[{"ticket":"ticket","message_digest":"digest","assurance":"remote-signed",)"
        R"("approver":"amelia"}],"group":[{"server":"mail","tool":"inbox","legs":5,"lost":false,)"
        R"("reference":"other/3"},{"server":"","tool":"","legs":7,"lost":true,"reference":""}]},)"
        R"("decision":{"verdict":"allow"}})");
  CHECK(line_of(text, 3) ==
        R"({"type":"event","sequence":2,"time_ms":1800000000007,"direction":"to-server",)"
        R"("origin":"proxy","action":"answer",)"
        R"("message":{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call",)"
        R"("params":{"name":"a","arguments":{"n":1.50,"n":2e0}}},"message_blanks":[" ","\t\r"],)"
        R"("decision":{"verdict":"deny"},"to":"to-client","sent":{"id":1.0},)"
        R"("sent_blanks":[" ",""]})");
  CHECK(line_of(text, 4) ==
        R"({"type":"unreadable","time_ms":1800000000009,"direction":"to-server",)"
        R"("action":"answer","size":2,"bytes":"e/8=","refusal":{"code":"syntax",)"
        R"("message":"byte 255 is not valid UTF-8 here"},"to":"to-client",)"
        R"("sent":{"jsonrpc":"2.0","id":null,"error":{"code":-31007,"message":"no"}}})");
  CHECK(line_of(text, 5) ==
        R"({"type":"policy","time_ms":1800000000010,"policy":{"name":"team","version":3,)"
        R"("digest":"policy-digest","tenant":"blue",)"
        R"("files":[{"name":"base.toml","text":"format = 1\n","aliases":["./base.toml"]},)"
        R"({"name":"team.toml","text":"format = 1\nname = \"team\"\n"}]},)"
        R"("rules":{"version":"1","digest":"rules-digest"}})");
  CHECK(line_of(text, 6) ==
        R"({"type":"event","sequence":3,"time_ms":-1,"direction":"to-client","origin":"peer",)"
        R"("action":"drop","message":{"jsonrpc":"2.0","method":"x"},)"
        R"("decision":{"verdict":"deny"}})");
  CHECK(line_of(text, 7) ==
        R"({"type":"end","time_ms":1800000000011,"reason":"server-closed",)"
        R"("detail":"the server exited","exit_status":-9,"events":3,"unreadable":1,"reloads":1})");
}

TEST_CASE("recording writer: a line feed inside of a message makes it base64") {
  std::string bytes;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), {.full = true});
  REQUIRE(writer.begin(sample_header()).has_value());
  const Event event = event_with("{\"jsonrpc\":\"2.0\",\n\"method\":\"x\"}");
  REQUIRE(writer.event(event, "{}", {}).has_value());
  CHECK(line_of(bytes, 2) ==
        R"({"type":"event","sequence":1,"time_ms":0,"direction":"to-server","origin":"peer",)"
        R"("action":"drop","message":"eyJqc29ucnBjIjoiMi4wIiwKIm1ldGhvZCI6IngifQ==",)"
        R"("decision":{}})");
}

TEST_CASE("recording writer: message, facts, decision and what was sent are masked alike") {
  std::string bytes;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), redacted());
  REQUIRE(writer.begin(sample_header()).has_value());
  Event event = event_with(R"({"jsonrpc":"2.0","method":"x","params":{"p":"is hunter2!"}})");
  event.facts.answers = {{{NeedKind::kPath, "/home/hunter2"}, FactState::kKnown, {"/h/hunter2"}}};
  const std::string decision = R"({"outcomes":[{"needs":[{"what":"/home/hunter2"}]}]})";
  REQUIRE(writer
              .event(event, decision,
                     {RecordedAction::kRewrite, Direction::kToServer, R"({"p":"hunter2"})"})
              .has_value());
  const std::string mark = mark_of_hunter();
  CHECK(line_of(bytes, 2) ==
        R"({"type":"event","sequence":1,"time_ms":0,"direction":"to-server","origin":"peer",)"
        R"("action":"rewrite","message":{"jsonrpc":"2.0","method":"x","params":{"p":"is )" +
            mark + R"(!"}},"facts":{"answers":[{"kind":"path","what":"/home/)" + mark +
            R"(","state":"known","values":["/h/)" + mark +
            R"("]}]},"decision":{"outcomes":[{"needs":[{"what":"/home/)" + mark +
            R"("}]}]},"to":"to-server","sent":{"p":")" + mark +
            R"("},"masked":["/message/params/p","/facts/answers/0/what",)"
            R"("/facts/answers/0/values/0","/decision/outcomes/0/needs/0/what","/sent/p"]})");
}

TEST_CASE("recording writer: secrets among bytes that are no text are masked") {
  std::string bytes;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), redacted());
  REQUIRE(writer.begin(sample_header()).has_value());
  RecordedUnreadable line = test::sample_unreadable();
  line.bytes = "\xFFhunter2\xFF";
  REQUIRE(writer.unreadable(line).has_value());
  CHECK(bytes.find("hunter2") == std::string::npos);
  CHECK(bytes.find(R"("size":9,)") != std::string::npos);
  CHECK(bytes.find(R"("masked":["/bytes"]})") != std::string::npos);
}

TEST_CASE("recording writer: of an unreadable line above the bound only the size is kept") {
  std::string bytes;
  RecordingOptions options = redacted();
  options.unreadable_bytes = 4;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), options);
  REQUIRE(writer.begin(sample_header()).has_value());
  RecordedUnreadable line = test::sample_unreadable();
  line.bytes = "12345";
  REQUIRE(writer.unreadable(line).has_value());
  CHECK(bytes.find("\"size\":5,\"refusal\"") != std::string::npos);
  line.bytes = "1234";
  REQUIRE(writer.unreadable(line).has_value());
  CHECK(bytes.find(R"("size":4,"bytes":"MTIzNA==","refusal")") != std::string::npos);
}

TEST_CASE("recording writer: a full recording keeps every unreadable line and result") {
  std::string bytes;
  RecordingWriter writer(
      std::make_unique<MemorySink>(bytes),
      {.full = true, .results = RecordedResults::kDigest, .unreadable_bytes = 0});
  REQUIRE(writer.begin(sample_header()).has_value());
  REQUIRE(writer.unreadable(test::sample_unreadable()).has_value());
  const Event event =
      event_with(R"({"jsonrpc":"2.0","id":1,"result":{"a":1}})", Direction::kToClient);
  REQUIRE(writer.event(event, "{}", {}).has_value());
  CHECK(bytes.find(R"("bytes":"e/8=")") != std::string::npos);
  CHECK(bytes.find(R"("result":{"a":1}})") != std::string::npos);
}

TEST_CASE("recording writer: results as digests, definitions never") {
  std::string bytes;
  RecordingOptions options = redacted();
  options.results = RecordedResults::kDigest;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), options);
  REQUIRE(writer.begin(sample_header()).has_value());
  const auto send = [&writer](const std::string& result) {
    const Event event = event_with("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + result + "}",
                                   Direction::kToClient);
    REQUIRE(writer.event(event, "{}", {}).has_value());
  };
  send(R"({"content":[{"type":"text","text":"private"}]})");
  send(R"({"tools":[{"name":"a"}]})");
  CHECK(bytes.find("private") == std::string::npos);
  const std::string mark =
      RecordingMask(mask_hunter, "key").mark(R"({"content":[{"type":"text","text":"private"}]})");
  CHECK(bytes.find(R"("message":{"jsonrpc":"2.0","id":1,"result":{"masked":")" + mark +
                   R"("}},"decision":{},"masked":["/message/result"]})") != std::string::npos);
  CHECK(bytes.find(R"("result":{"tools":[{"name":"a"}]}})") != std::string::npos);
}

TEST_CASE("recording writer: a random key, so two recordings of one secret differ") {
  std::string first;
  std::string second;
  for (std::string* const bytes : {&first, &second}) {
    RecordingWriter writer(std::make_unique<MemorySink>(*bytes), {.masker = mask_hunter});
    REQUIRE(writer.begin(sample_header()).has_value());
    const Event event = event_with(R"({"jsonrpc":"2.0","method":"x","params":{"p":"hunter2"}})");
    REQUIRE(writer.event(event, "{}", {}).has_value());
    CHECK(bytes->find("hunter2") == std::string::npos);
  }
  CHECK(line_of(first, 2).size() == line_of(second, 2).size());
  CHECK(line_of(first, 2) != line_of(second, 2));
}

TEST_CASE("recording writer: after the first error nothing more is written") {
  std::string bytes;
  const std::size_t room = sample_recording().find('\n') + 20;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes, room), {.full = true});
  REQUIRE(writer.begin(sample_header()).has_value());
  for (int i = 0; i < 2; ++i) {
    const Status written = writer.event(sample_event(), "{}", {});
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().message == "the disk is full");
  }
  CHECK(writer.failed());
  CHECK(bytes.size() == room);
  CHECK_FALSE(writer.end({}).has_value());
  CHECK(bytes.size() == room);
}

TEST_CASE("recording writer: begins once, before all else, and ends once") {
  std::string bytes;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), {.full = true});
  CHECK_FALSE(writer.event(sample_event(), "{}", {}).has_value());
  CHECK(bytes.empty());
  REQUIRE(writer.begin(sample_header()).has_value());
  CHECK_FALSE(writer.begin(sample_header()).has_value());
  REQUIRE(writer.end({}).has_value());
  CHECK_FALSE(writer.end({}).has_value());
  CHECK_FALSE(writer.event(sample_event(), "{}", {}).has_value());
}

TEST_CASE("recording writer: redacted without a masker is refused, not full") {
  std::string bytes;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), {});
  CHECK_FALSE(writer.begin(sample_header()).has_value());
  CHECK(bytes.empty());
}

}  // namespace merlon
