// What a session may keep in memory: docs/spec/limits.md has the table.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "guard/call_action.h"
#include "guard/taint_memory.h"
#include "mcp/message_codec.h"
#include "policy/session_tracker.h"
#include "policy/surface_tracker.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kNoGuards = "format = 1\nname = \"none\"\n";

std::string request(std::uint64_t id, std::string_view uri) {
  return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
         R"(,"method":"resources/read","params":{"uri":")" + std::string(uri) + R"("}})";
}

std::size_t held_by(const SessionState& state) {
  std::size_t bytes = 0;
  for (const auto& [key, pending] : state.pending) {
    bytes += key.second.size() + pending.method.size() + pending.item.size();
  }
  return bytes;
}

std::string many_tools(std::size_t count) {
  std::string out = "[";
  for (std::size_t i = 0; i < count; ++i) {
    out += (i == 0 ? "" : ",") + (R"({"name":"t)" + std::to_string(i) + R"("})");
  }
  return out + "]";
}

/// A page of tools/list as an event; `first` says that it begins the list.
void take_page(ServerSurface& surface, std::string_view tools, bool first, std::uint64_t most) {
  PendingRequest list;
  list.method = "tools/list";
  list.first_page = first;
  auto message =
      parse_message(R"({"jsonrpc":"2.0","id":1,"result":{"tools":)" + std::string(tools) + "}}",
                    Direction::kToClient, {});
  REQUIRE(message.has_value());
  Event event;
  event.sequence = surface.newest.size() + 1;
  event.message = *std::move(message);
  track_surface(surface, list, event, &event.message, most);
}

}  // namespace

TEST_CASE("session memory: of open requests the oldest goes when there are too many") {
  GuardSession session(kNoGuards);
  for (std::uint64_t id = 1; id <= SessionState::kMostPending + 1; ++id) {
    (void)session.send(Direction::kToServer, request(id, "a:b"));
  }
  CHECK(session.state.pending.size() == SessionState::kMostPending);
  CHECK_FALSE(session.state.pending.contains({Direction::kToServer, "1"}));
  CHECK(session.state.pending.contains(
      {Direction::kToServer, std::to_string(SessionState::kMostPending + 1)}));
}

TEST_CASE("session memory: of open requests the oldest go when they are too long") {
  GuardSession session(kNoGuards);
  const std::string address = "a:" + std::string(kMostPendingBytes / 4, 'x');
  for (std::uint64_t id = 1; id <= 6; ++id) {
    (void)session.send(Direction::kToServer, request(id, address));
    CHECK(held_by(session.state) <= kMostPendingBytes);
  }
  CHECK(session.state.pending.size() == 3);
  CHECK(session.state.pending.contains({Direction::kToServer, "6"}));
  // A short one finds room without any of them going.
  (void)session.send(Direction::kToServer, request(7, "a:b"));
  CHECK(session.state.pending.size() == 4);
}

TEST_CASE("session memory: a server's tools are followed up to a number") {
  GuardSession session(kNoGuards);
  (void)session.offer(many_tools(kMostDefinitions + 1));
  CHECK(session.state.surface.newest.size() == kMostDefinitions);
  CHECK(session.state.surface.sent.size() == kMostDefinitions);
}

TEST_CASE("session memory: a list that takes too much memory is forgotten whole") {
  constexpr std::uint64_t kMost = 20'000;
  const std::string page = R"([{"name":"a","description":")" + std::string(8'000, 'x') + R"("}])";
  const std::string next = R"([{"name":"b","description":")" + std::string(8'000, 'y') + R"("}])";
  const std::string last = R"([{"name":"c","description":")" + std::string(8'000, 'z') + R"("}])";
  ServerSurface surface;
  take_page(surface, page, true, kMost);
  take_page(surface, next, false, kMost);
  CHECK(surface.newest.size() == 2);
  take_page(surface, last, false, kMost);
  CHECK(surface.newest.empty());
  CHECK(surface.sent.empty());
  // The list anew, and the same again and again, finds room.
  for (int i = 0; i < 5; ++i) {
    take_page(surface, page, true, kMost);
    CHECK(surface.newest.size() == 1);
    CHECK(surface.sent.size() == 1);
  }
}

TEST_CASE("session memory: classes of called tools are remembered up to a number") {
  GuardSession session(R"(format = 1
name = "tiers"
[[guard]]
type = "action-tier"
)");
  const std::size_t tools = kMostRememberedActions + 20;
  (void)session.offer(many_tools(tools));
  for (std::size_t i = 0; i < tools; ++i) {
    (void)session.call("t" + std::to_string(i));
  }
  const GuardMemory& memory = session.state.memory.at("action-tier");
  CHECK(memory.texts.size() == kMostRememberedActions);
  std::size_t bytes = 0;
  for (const auto& [key, text] : memory.texts) {
    bytes += key.size() + text.size();
  }
  CHECK(bytes <= kMostRememberedActions * 2'200);
}

TEST_CASE("session memory: private answers are remembered up to a number, the oldest go") {
  GuardMemory memory;
  for (std::uint64_t sequence = 1; sequence <= 1100; ++sequence) {
    remember_taint(memory, sequence, "source", {static_cast<std::int64_t>(sequence)}, 65'536);
  }
  CHECK(memory.series.size() == 1024);
  CHECK(memory.texts.size() == 1024);
  CHECK(forgotten_taint(memory) == 76);
}

TEST_CASE("session memory: guards that judge each message for itself keep none") {
  GuardSession session(R"(format = 1
name = "each"
[[guard]]
type = "message-size"
[[guard]]
type = "secrets"
[[guard]]
type = "prompt-injection"
)");
  (void)session.offer(many_tools(2));
  (void)session.call("t1", R"({"text":"x"})");
  (void)session.answer(R"({"content":[{"type":"text","text":"y"}]})");
  CHECK(session.state.memory.empty());
}

}  // namespace merlon
