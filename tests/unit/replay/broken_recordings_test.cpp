/// Every member of every kind of line, broken in every way that can be thought of: an error at the
/// line, and nothing else is lost.
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "replay/replayer.h"
#include "support/guard_session.h"
#include "support/made_recording.h"
#include "support/sample_recording.h"

namespace merlon {
namespace {

using Json = nlohmann::ordered_json;

/// Header, 5 events, an unreadable line among them, the end.
const std::string& whole_recording() {
  static const std::string bytes = [] {
    test::MadeRecording made("format = 1\nname = \"loose\"\n[[guard]]\ntype = \"tool-list\"\n");
    made.offer(R"([{"name":"look","inputSchema":{"type":"object"}}])");
    made.send(Direction::kToServer, "{not a message");
    made.call("look");
    made.answer();
    made.send(Direction::kToClient, R"({"jsonrpc":"2.0","method":"notifications/message"})");
    return made.end();
  }();
  return bytes;
}

constexpr std::size_t kWholeMessages = 5;
constexpr std::size_t kWholeLines = 8;

SessionReplay replay_broken(const std::string& bytes) {
  static const PolicySource recorded(test::GuardSession::built_in_world().rules, Limits());
  auto source = open_recording(SourceText::copy_of("broken.jsonl", bytes));
  if (!source) {
    SessionReplay out;
    out.errors.push_back(source.error());
    return out;
  }
  return Replayer({.policy = &recorded, .keep_going = true}).replay(**source, "broken.jsonl");
}

/// Ways to break one member.
enum class Damage { kRemoved, kNull, kNumber, kText, kList, kRenamed, kTwice };

std::string damaged(const std::string& line, const std::string& member, Damage damage) {
  Json json = Json::parse(line);
  switch (damage) {
    case Damage::kRemoved: json.erase(member); break;
    case Damage::kNull: json[member] = nullptr; break;
    case Damage::kNumber: json[member] = -7.5; break;
    case Damage::kText: json[member] = "odd"; break;
    case Damage::kList: json[member] = Json::array({1}); break;
    case Damage::kRenamed:
      json[member + "_"] = json[member];
      json.erase(member);
      break;
    case Damage::kTwice:
      return "{" + Json(member).dump() + ":" + json[member].dump() + "," + line.substr(1);
  }
  return json.dump();
}

/// What of it is no fault: free texts, what may be absent, and what the engine does not look at.
bool is_harmless(const std::string& member, Damage damage) {
  static const std::set<std::string> kTexts{"merlon", "server", "launch", "session",
                                            "tenant", "user",   "group",  "identity"};
  if (damage == Damage::kText) {
    return kTexts.contains(member);
  }
  // Any JSON may have been sent: another one is a difference, and no fault of the line.
  if (member == "sent") {
    return damage == Damage::kNull || damage == Damage::kNumber || damage == Damage::kList;
  }
  return damage == Damage::kRemoved &&
         (member == "exit_status" || member == "bytes" || member == "identity");
}

}  // namespace

TEST_CASE("broken recordings: each damage is an error at its line, and the rest is decided") {
  const std::string& whole = whole_recording();
  REQUIRE(replay_broken(whole).messages == kWholeMessages);
  std::size_t kinds = 0;
  for (std::size_t number = 1; number <= kWholeLines; ++number) {
    const std::string line = test::line_of(whole, number);
    const Json parsed = Json::parse(line);
    for (const auto& [member, value] : parsed.items()) {
      for (const Damage damage : {Damage::kRemoved, Damage::kNull, Damage::kNumber, Damage::kText,
                                  Damage::kList, Damage::kRenamed, Damage::kTwice}) {
        CAPTURE(number);
        CAPTURE(member);
        CAPTURE(static_cast<int>(damage));
        if (is_harmless(member, damage)) {
          continue;
        }
        const SessionReplay replay =
            replay_broken(test::with_line(whole, number, damaged(line, member, damage)));
        REQUIRE(!replay.errors.empty());
        CHECK(replay.errors[0].where.file == "broken.jsonl");
        CHECK(replay.errors[0].where.line == number);
        // Without a header there is no recording.
        CHECK((number == 1 || replay.messages + replay.unreachable + 1 >= kWholeMessages));
        CHECK(replay.reproduction.different == 0);
        ++kinds;
      }
    }
  }
  CHECK(kinds >= 100);
}

TEST_CASE("broken recordings: a line that is no JSON, or no line at all") {
  const std::string& whole = whole_recording();
  for (const std::string& junk :
       {std::string("{"), std::string("[]"), std::string("\xFF"), std::string("\"a\""),
        std::string(), std::string(R"({"type":"other"})"), std::string(300, '[')}) {
    for (std::size_t number = 2; number <= 7; ++number) {
      CAPTURE(junk);
      CAPTURE(number);
      const SessionReplay replay = replay_broken(test::with_line(whole, number, junk));
      REQUIRE(!replay.errors.empty());
      CHECK(replay.errors[0].where.line == number);
      CHECK(replay.messages + replay.unreachable + 1 >= kWholeMessages);
    }
  }
}

}  // namespace merlon
