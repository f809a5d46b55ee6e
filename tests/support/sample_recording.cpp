#include "support/sample_recording.h"

#include <memory>
#include <utility>

#include <doctest/doctest.h>

#include "support/memory_sink.h"

namespace merlon::test {
namespace {

constexpr std::string_view kCall =
    R"({"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call",)"
    R"("params":{"name":"a","arguments":{"n":1.50,"n":2e0}}})";

}  // namespace

RecordingHeader sample_header() {
  RecordingHeader header;
  header.merlon = "0.1.0";
  header.time_ms = 1'800'000'000'000;
  header.server = "files";
  header.launch = "launch-digest";
  header.session = "s1";
  header.tenant = "blue";
  header.identity = "am\xE9lie";
  header.user = "1000";
  header.group = "desk";
  header.engine.policy.name = "team";
  header.engine.policy.version = 3;
  header.engine.policy.digest = "policy-digest";
  header.engine.policy.tenant = "blue";
  header.engine.policy.files = {{"base.toml", "format = 1\n", {"./base.toml"}},
                                {"team.toml", "format = 1\nname = \"team\"\n", {}}};
  header.engine.policy.system = {{"/etc/merlon/policy.toml", "format = 1\n", {}}};
  header.engine.rules_version = "1";
  header.engine.rules_digest = "rules-digest";
  header.engine.pins = "{\"format\":1}\n";
  header.full = true;
  header.label =
      RecordedLabel{.attack = true, .attacker_calls = {2, 5}, .utility = true, .cluster = "office"};
  return header;
}

Event sample_event(std::uint64_t sequence) {
  Event event;
  event.sequence = sequence;
  event.time_ms = 1'800'000'000'007;
  event.message = *parse_message(" " + std::string(kCall) + "\t\r", Direction::kToServer, {});
  Facts& facts = event.facts;
  facts.answers = {
      {{NeedKind::kPath, "a/b"}, FactState::kKnown, {"/srv/\xFF/b"}},
      {{NeedKind::kHost, "h"}, FactState::kTimeout, {}},
      {{NeedKind::kHook, "guard"}, FactState::kFailed, {}},
      {{NeedKind::kToolList, ""}, FactState::kAbsent, {}},
  };
  facts.late_guards = {"slow"};
  facts.grants = {{"ticket", "digest", Assurance::kRemoteSigned, "amelia"}};
  facts.group = {{"mail", "inbox", 5, false, "other/3"}, {"", "", 7, true, ""}};
  return event;
}

RecordedUnreadable sample_unreadable() {
  RecordedUnreadable line;
  line.time_ms = 1'800'000'000'009;
  line.direction = Direction::kToServer;
  line.bytes = "{\xFF";
  line.size = 2;
  line.refusal = make_error(ErrorCode::kSyntax, "byte 255 is not valid UTF-8 here");
  line.sending = {RecordedAction::kAnswer, Direction::kToClient,
                  R"({"jsonrpc":"2.0","id":null,"error":{"code":-31007,"message":"no"}})"};
  return line;
}

RecordedReload sample_reload() {
  RecordedReload reload;
  reload.time_ms = 1'800'000'000'010;
  reload.engine = sample_header().engine;
  reload.engine.pins.reset();
  reload.engine.policy.system.clear();
  return reload;
}

RecordingEnd sample_end() {
  RecordingEnd end;
  end.time_ms = 1'800'000'000'011;
  end.reason = RecordingEndReason::kServerClosed;
  end.detail = "the server exited";
  end.exit_status = -9;
  end.events = 3;
  end.unreadable = 1;
  end.reloads = 1;
  return end;
}

std::string sample_recording(RecordingOptions options) {
  std::string bytes;
  RecordingWriter writer(std::make_unique<MemorySink>(bytes), std::move(options));
  REQUIRE(writer.begin(sample_header()).has_value());
  REQUIRE(writer.event(sample_event(1), R"({"verdict":"allow"})", {RecordedAction::kForward})
              .has_value());
  Event answered = sample_event(2);
  answered.origin = EventOrigin::kProxy;
  answered.facts = {};
  REQUIRE(writer
              .event(answered, R"({"verdict":"deny"})",
                     {RecordedAction::kAnswer, Direction::kToClient, " {\"id\":1.0}"})
              .has_value());
  REQUIRE(writer.unreadable(sample_unreadable()).has_value());
  REQUIRE(writer.reload(sample_reload()).has_value());
  Event dropped;
  dropped.sequence = 3;
  dropped.time_ms = -1;
  dropped.message = *parse_message(R"({"jsonrpc":"2.0","method":"x"})", Direction::kToClient, {});
  REQUIRE(writer.event(dropped, R"({"verdict":"deny"})", {RecordedAction::kDrop}).has_value());
  REQUIRE(writer.end(sample_end()).has_value());
  return bytes;
}

std::string line_of(const std::string& text, std::size_t number) {
  std::size_t at = 0;
  for (std::size_t i = 1; i < number; ++i) {
    at = text.find('\n', at) + 1;
  }
  return text.substr(at, text.find('\n', at) - at);
}

std::string with_line(const std::string& text, std::size_t number, const std::string& line) {
  std::size_t at = 0;
  for (std::size_t i = 1; i < number; ++i) {
    at = text.find('\n', at) + 1;
  }
  return text.substr(0, at) + line + text.substr(text.find('\n', at));
}

std::string replaced_once(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

}  // namespace merlon::test
