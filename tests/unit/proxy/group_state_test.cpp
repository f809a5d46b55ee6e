#include "proxy/group_state.h"

#include <doctest/doctest.h>

#include "proxy/group_message.h"
#include "support/memory_files.h"

namespace merlon {
namespace {

GroupWitness state_witness(const std::string& server, std::int64_t time_ms = 5) {
  return {.server = server, .tool = "do", .reference = server + "-1/7", .time_ms = time_ms};
}
GroupLegs state_legs(std::uint8_t bits, const std::string& server = "a") {
  GroupLegs out;
  for (std::size_t leg = 0; leg < out.size(); ++leg) {
    if ((bits & (1U << leg)) != 0) {
      out[leg] = state_witness(server);
    }
  }
  return out;
}
GroupState sample_group() {
  return {.name = "work",
          .version = 3,
          .legs = {state_witness("web"), std::nullopt, state_witness("mail \"x\"\n", 9)},
          .used_ms = 1'700'000'000'000,
          .time_to_live_ms = 1000};
}

TEST_CASE("group: a reservation holds on the newest version only, and each version is given once") {
  GroupState group{.name = "g"};
  const std::uint64_t base = group.version;
  CHECK(reserve_legs(group, {.base = base, .legs = state_legs(kLegUntrusted, "a")}));
  const GroupState after = group;
  CHECK(after.version == base + 1);
  CHECK_FALSE(reserve_legs(group, {.base = base, .legs = state_legs(kLegSensitive, "b")}));
  CHECK(group == after);
  CHECK(reserve_legs(group, {.base = base + 1, .legs = state_legs(kLegSensitive, "b")}));
  CHECK(leg_bits(group.legs) == (kLegUntrusted | kLegSensitive));
}

TEST_CASE("group: the first witness of a leg stays, and nothing new is no new version") {
  GroupState group{.name = "g"};
  CHECK(add_legs(group, state_legs(kLegOutside, "a")));
  const GroupState after = group;
  CHECK_FALSE(add_legs(group, state_legs(kLegOutside, "b")));
  CHECK(reserve_legs(group, {.base = group.version, .legs = state_legs(kLegOutside, "b")}));
  CHECK(group == after);
}

TEST_CASE("group: in doubt everything is granted, for the worst has been assumed") {
  GroupState group{.name = "g", .version = 9, .doubt = "unreadable"};
  CHECK(reserve_legs(group, {.base = 1, .legs = state_legs(kLegOutside)}));
  CHECK(leg_bits(group.legs) == kLegOutside);
}

TEST_CASE("group: its time runs from the last use, and not while a member is there") {
  GroupState group{.name = "g", .used_ms = 1000, .time_to_live_ms = 50};
  CHECK_FALSE(is_over(group, 1050));
  CHECK(is_over(group, 1051));
  CHECK_FALSE(is_over(group, 1));  // a clock that was set back
  group.members.push_back({.server = "a", .session = "s"});
  CHECK_FALSE(is_over(group, 999'999));
}

TEST_CASE("group: what is written is read back") {
  const auto back = parse_group(group_json(sample_group()), "work");
  REQUIRE(back);
  CHECK(*back == sample_group());
  CHECK(group_json(*back) == group_json(sample_group()));
  GroupState unkept = sample_group();
  unkept.members.push_back({.server = "a", .session = "s"});
  unkept.doubt = "x";
  CHECK(group_json(unkept) == group_json(sample_group()));
}

TEST_CASE("group: the file of the specification") {
  const GroupState group{.name = "work",
                         .version = 2,
                         .legs = {GroupWitness{.server = "web",
                                               .tool = "fetch_page",
                                               .reference = "s1/4",
                                               .time_ms = 1'763'730'000'000},
                                  std::nullopt, std::nullopt},
                         .used_ms = 1'763'730'000'000};
  const std::string page = test::read_repository_file("docs/spec/group.md");
  CHECK(page.find("```json\n" + group_json(group) + "```\n") != std::string::npos);
}

TEST_CASE("group: a file that is not exactly one is not read") {
  const std::string good = group_json(sample_group());
  REQUIRE(parse_group(good, "work"));
  const auto with = [&good](std::string_view from, std::string_view to) {
    std::string out = good;
    out.replace(out.find(from), from.size(), to);
    return out;
  };
  const std::vector<std::string> bad{
      "",
      "[]",
      "{}",
      good.substr(0, good.size() / 2),
      with("\"merlon_group\": 1", "\"merlon_group\": 2"),
      with("\"work\"", "\"play\""),
      with("\"version\": 3", "\"version\": -3"),
      with("\"version\": 3", "\"version\": 3.5"),
      with("\"version\": 3", "\"version\": 99999999999999999999"),
      with("\"version\": 3", "\"version\": 3, \"version\": 4"),
      with("\"used_ms\"", "\"used\""),
      with("\"untrusted\": {", "\"other\": {"),
      with("\"tool\": \"do\"", "\"tool\": 1"),
      with("\"tool\": \"do\"", "\"tool\": \"" + std::string(300, 'a') + "\""),
      with("\"legs\": {", "\"legs\": [], \"x\": {"),
      good + std::string(kMostGroupFileBytes, ' '),
      std::string(20'000, '['),
  };
  for (const std::string& bytes : bad) {
    CAPTURE(bytes);
    CHECK_FALSE(parse_group(bytes, "work"));
  }
}

TEST_CASE("group: names are text of 1 to 256 bytes") {
  CHECK(check_group_name("work"));
  CHECK(check_group_name("größe / 2"));
  CHECK(check_group_name(std::string(256, 'a')));
  for (const std::string name : {"", "a\nb", "\x7F", "\xFF"}) {
    CHECK_FALSE(check_group_name(name));
  }
  CHECK_FALSE(check_group_name(std::string(257, 'a')));
}

TEST_CASE("group messages: each is read back as it was written") {
  const std::vector<GroupMessage> messages{
      {.word = GroupWord::kHello,
       .group = "g",
       .server = "web",
       .session = "s\n",
       .legs = state_legs(kAllLegs)},
      {.word = GroupWord::kReserve, .ticket = 4, .version = 7, .legs = state_legs(kLegOutside)},
      {.word = GroupWord::kShow, .group = "g"},
      {.word = GroupWord::kReset, .group = "g"},
      {.word = GroupWord::kState,
       .version = 7,
       .legs = state_legs(kLegSensitive),
       .members = {{.server = "a", .session = "b"}},
       .why = "doubt"},
      {.word = GroupWord::kGranted, .ticket = 4, .version = 8},
      {.word = GroupWord::kStale, .ticket = 4},
      {.word = GroupWord::kDone},
      {.word = GroupWord::kRefused, .why = "no"},
  };
  for (const GroupMessage& message : messages) {
    const std::string line = group_message_json(message);
    CAPTURE(line);
    CHECK(line.find('\n') == std::string::npos);
    const auto back = parse_group_message(line);
    REQUIRE(back);
    CHECK(*back == message);
  }
}

TEST_CASE("group messages: what is no message is not read") {
  const std::vector<std::string> bad{
      "",
      "null",
      "[]",
      "{}",
      R"({"m":"shout"})",
      R"({"m":"show","group":"g"})",
      R"({"m":"show","group":"g","protocol":2})",
      R"({"m":"reserve","ticket":1,"version":1})",
      R"({"m":"reserve","ticket":-1,"version":1,"legs":{}})",
      R"({"m":"reserve","ticket":1,"version":1,"legs":{"all":{}}})",
      R"({"m":"reserve","ticket":1,"version":1,"legs":{"outside":7}})",
      R"({"m":"refused","why":")" + std::string(2000, 'a') + "\"}",
      R"({"m":"state","version":1,"legs":{},"why":"","members":[{}]})",
      std::string(kMostGroupLineBytes + 1, ' '),
      std::string(1000, '['),
  };
  for (const std::string& line : bad) {
    CAPTURE(line);
    CHECK_FALSE(parse_group_message(line));
  }
}

}  // namespace
}  // namespace merlon
