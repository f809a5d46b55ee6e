#include "replay/importer.h"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "base/files.h"

namespace merlon {
namespace {

/// A message of a session in short: direction, time, bytes.
struct ShortMessage {
  std::string direction;
  std::int64_t time_ms{0};
  std::string bytes;
  friend bool operator==(const ShortMessage&, const ShortMessage&) = default;
};

struct ShortSession {
  std::string session;
  std::string server;
  std::vector<ShortMessage> messages;
};

ImportedFile import_text(std::string text, const char* kind = nullptr, std::string tools = {}) {
  ImportOptions options;
  options.tools = std::move(tools);
  options.kind = kind != nullptr ? find_importer(kind) : nullptr;
  auto file = import_sessions(SourceText::copy_of("file", std::move(text)), options);
  REQUIRE_MESSAGE(file.has_value(), (file ? std::string() : render(file.error())));
  return *std::move(file);
}

std::string sample(const char* name) {
  const auto files = make_disk_files();
  const auto source = files->read(
      std::string(MERLON_SOURCE_DIR) + "/testdata/recordings/imported/" + name, 1 << 20);
  REQUIRE(source.has_value());
  return std::string((*source)->bytes());
}

ShortSession short_of(SessionSource& source) {
  ShortSession out{.session = source.header().session, .server = source.header().server};
  for (;;) {
    auto line = source.next();
    REQUIRE_MESSAGE(line.has_value(), (line ? std::string() : render(line.error())));
    if (!*line) {
      return out;
    }
    const auto& event = std::get<RecordedEvent>(**line);
    CHECK(event.sending.action == RecordedAction::kForward);
    out.messages.push_back({std::string(to_string(event.event.message.direction)),
                            event.event.time_ms, std::string(event.event.message.bytes())});
  }
}

constexpr const char* kServer = "to-server";
constexpr const char* kClient = "to-client";

}  // namespace

TEST_CASE("importer: each format is known by its first value, and by no other's") {
  const std::vector<std::pair<const char*, const char*>> samples{
      {"claude-code", "claude-code.jsonl"}, {"codex", "codex.jsonl"},
      {"json-rpc", "json-rpc.jsonl"},       {"mcp-recorder", "mcp-recorder.json"},
      {"mcporter", "mcporter.ndjson"},      {"openai-messages", "openai-messages.json"}};
  for (const auto& [kind, file] : samples) {
    CAPTURE(std::string(kind));
    const ImportedFile imported = import_text(sample(file));
    CHECK(imported.errors.empty());
    REQUIRE(!imported.sessions.empty());
    CHECK(imported.sessions.front()->format() == kind);
    CHECK(!imported.sessions.front()->has_decisions());
    CHECK(!imported.sessions.front()->cannot_tell().empty());
  }
  CHECK(samples.size() == importer_kinds().size());
}

TEST_CASE("importer: json-rpc lines go where their methods and ids say") {
  const ImportedFile imported = import_text(sample("json-rpc.jsonl"));
  REQUIRE(imported.sessions.size() == 1);
  const ShortSession session = short_of(*imported.sessions[0]);
  std::vector<std::string> directions;
  for (const ShortMessage& message : session.messages) {
    directions.push_back(message.direction);
  }
  CHECK(directions == std::vector<std::string>{kServer, kClient, kServer, kClient, kServer, kServer,
                                               kClient, kServer, kClient, kServer, kClient});
}

TEST_CASE("importer: mcporter gives a session for each server, and its own member goes") {
  const ImportedFile imported = import_text(sample("mcporter.ndjson"));
  REQUIRE(imported.sessions.size() == 2);
  const ShortSession mail = short_of(*imported.sessions[1]);
  CHECK(mail.server == "mail");
  CHECK(mail.messages ==
        std::vector<ShortMessage>{
            {kServer, 1'778'922'002'000, R"({"method":"ping","jsonrpc":"2.0","id":1})"},
            {kClient, 1'778'922'002'010, R"({"result":{},"jsonrpc":"2.0","id":1})"}});
  CHECK(short_of(*imported.sessions[0]).messages.size() == 4);
}

TEST_CASE("importer: a cassette's requests are followed by their responses") {
  const ImportedFile imported = import_text(sample("mcp-recorder.json"));
  REQUIRE(imported.sessions.size() == 1);
  const ShortSession session = short_of(*imported.sessions[0]);
  CHECK(session.server == "notes");
  REQUIRE(session.messages.size() == 5);
  CHECK(
      session.messages[4].bytes ==
      R"({"jsonrpc": "2.0", "id": 2, "result": {"content": [{"type": "text", "text": "Buy bread."}]}})");
}

TEST_CASE("importer: a transcript of Claude Code becomes a session for each server") {
  const ImportedFile imported = import_text(sample("claude-code.jsonl"));
  REQUIRE(imported.sessions.size() == 2);
  const ShortSession notes = short_of(*imported.sessions[0]);
  CHECK(notes.session == "5d1f");
  CHECK(notes.server == "notes");
  CHECK(
      notes.messages ==
      std::vector<ShortMessage>{
          {kServer, 1'772'359'202'000,
           R"({"jsonrpc":"2.0","id":"toolu_1","method":"tools/call","params":{"name":"read_note","arguments":{"id":"7"}}})"},
          {kClient, 1'772'359'203'000,
           R"({"jsonrpc":"2.0","id":"toolu_1","result":{"content":[{"type":"text","text":"Buy bread."}]}})"},
          {kServer, 1'772'359'205'000,
           R"({"jsonrpc":"2.0","id":"toolu_2","method":"tools/call","params":{"name":"delete_note","arguments":{"id":"7"}}})"},
          {kClient, 1'772'359'206'000,
           R"({"jsonrpc":"2.0","id":"toolu_2","result":{"content":[{"type":"text","text":"no such note"}],"isError":true}})"}});
  CHECK(short_of(*imported.sessions[1]).server == "claude-code");
}

TEST_CASE("importer: calls of Codex and of chat messages have their arguments as text") {
  const ImportedFile codex = import_text(sample("codex.jsonl"));
  REQUIRE(codex.sessions.size() == 1);
  const ShortSession session = short_of(*codex.sessions[0]);
  CHECK(session.session == "0199-aa");
  CHECK(session.server == "notes");
  CHECK(session.messages.size() == 2);
  const ImportedFile chat = import_text(sample("openai-messages.json"));
  REQUIRE(chat.sessions.size() == 1);
  CHECK(
      short_of(*chat.sessions[0]).messages ==
      std::vector<ShortMessage>{
          {kServer, 0,
           R"({"jsonrpc":"2.0","id":"call_1","method":"tools/call","params":{"name":"read_note","arguments":{"id": "7"}}})"},
          {kClient, 0,
           R"({"jsonrpc":"2.0","id":"call_1","result":{"content":[{"type":"text","text":"Buy bread."}]}})"}});
}

TEST_CASE("importer: a list of tools that is given fills the gap, as the proxy's own question") {
  const std::string tools = R"({"tools":[{"name":"read_note","inputSchema":{"type":"object"}}]})";
  const ImportedFile imported = import_text(sample("codex.jsonl"), nullptr, tools);
  REQUIRE(imported.sessions.size() == 1);
  for (const std::string& gap : imported.sessions[0]->cannot_tell()) {
    CHECK(gap.find("offered") == std::string::npos);
  }
  auto first = imported.sessions[0]->next();
  REQUIRE(first.has_value());
  CHECK(std::get<RecordedEvent>(**first).event.origin == EventOrigin::kProxy);
  // Formats that hold the list themselves do not get another one.
  CHECK(short_of(*import_text(sample("mcporter.ndjson"), nullptr, tools).sessions[0])
            .messages.size() == 4);
}

TEST_CASE("importer: a bad line is an error at its place and takes no other along") {
  const ImportedFile imported = import_text(
      "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}\n{\"jsonrpc\":\n\n[1]\n"
      "{\"jsonrpc\":\"2.0\",\"method\":\"b\"}\n");
  REQUIRE(imported.errors.size() == 2);
  CHECK(imported.errors[0].where.line == 2);
  CHECK(imported.errors[1].where.line == 4);
  CHECK(short_of(*imported.sessions[0]).messages.size() == 2);
}

TEST_CASE("importer: what is no message is an error where it stands") {
  const ImportedFile imported = import_text(
      "{\"jsonrpc\":\"2.0\",\"method\":\"a\"}\n{\"jsonrpc\":\"1.0\",\"method\":\"b\"}\n");
  CHECK(imported.sessions[0]->next().has_value());
  const auto bad = imported.sessions[0]->next();
  REQUIRE(!bad.has_value());
  CHECK(bad.error().where.line == 2);
  CHECK(bad.error().message.starts_with("no message: "));
}

TEST_CASE("importer: a file of no known format is refused, and so is an empty one") {
  for (const char* const text : {"", "\n", "hello", "{\"a\":1}", "[]", "3"}) {
    CAPTURE(std::string(text));
    const auto file = import_sessions(SourceText::copy_of("file", text), {});
    REQUIRE(!file.has_value());
    CHECK(file.error().code == ErrorCode::kFormat);
  }
}

}  // namespace merlon
