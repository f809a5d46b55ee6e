#include "proxy/group_broker.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/proxy/group_world.h"

namespace merlon {
namespace {

using std::chrono::milliseconds;
using test::GroupTestWorld;
using test::wish_for;

/// A peer that says what it likes.
class RawPeer {
 public:
  explicit RawPeer(const GroupTestWorld& world) {
    auto fd = connect_to_group(world.places.state_folder, "work");
    REQUIRE(fd);
    fd_ = *std::move(fd);
  }
  void say(std::string_view bytes) const {
    REQUIRE(::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  void say(const GroupMessage& message) const { say(group_message_json(message) + "\n"); }
  /// As much as goes.
  [[nodiscard]] bool push(std::string_view bytes) const {
    return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
  }
  /// All that has come.
  std::string heard() {
    std::string out;
    std::string chunk(65536, '\0');
    ssize_t got = 0;
    while ((got = ::recv(fd_.get(), chunk.data(), chunk.size(), MSG_DONTWAIT)) > 0) {
      out.append(chunk, 0, static_cast<std::size_t>(got));
    }
    closed_ = got == 0 || errno == ECONNRESET;
    return out;
  }
  [[nodiscard]] bool closed() const { return closed_; }
  void leave() { fd_.reset(); }

 private:
  UniqueFd fd_;
  bool closed_{false};
};

GroupMessage hello_of(const std::string& server, GroupLegs legs = {}) {
  return {.word = GroupWord::kHello,
          .group = "work",
          .server = server,
          .session = server + "-session",
          .legs = std::move(legs)};
}
std::string line_of(const GroupMessage& message) {
  return group_message_json(message) + "\n";
}
GroupLegs raw_legs(std::uint8_t bits) {
  GroupLegs out;
  for (std::size_t leg = 0; leg < out.size(); ++leg) {
    if ((bits & (1U << leg)) != 0) {
      out[leg] = GroupWitness{.server = "raw", .tool = "t", .reference = "r/1"};
    }
  }
  return out;
}

TEST_CASE("group broker: one for a group") {
  GroupTestWorld world;
  world.start_broker();
  const auto second = GroupBroker::open(world.broker_options(), world.clock);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::kUsage);
  CHECK(second.error().message == "the group has a broker already");
}

TEST_CASE("group broker: a line that is no message ends its connection and nothing else") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const GroupState before = world.broker->state();
  std::string deep(100'000, '[');
  const std::vector<std::string> lines{
      "garbage\n",
      "\n",
      std::string("\0\xFF\xFE\n", 4),
      deep + "\n",
      std::string(kMostGroupLineBytes + 20'000, 'a'),  // and no end in sight
      R"({"m":"granted","ticket":1,"version":9})"
      "\n",
      line_of({.word = GroupWord::kReserve,
               .ticket = 1,
               .version = before.version,
               .legs = raw_legs(kAllLegs)}),  // without a hello
      line_of({.word = GroupWord::kShow, .group = "play"}),
  };
  for (const std::string& line : lines) {
    CAPTURE(line.substr(0, 60));
    RawPeer peer(world);
    // In pieces, since a socket does not hold it all; the broker may have had enough before its
    // end.
    for (std::string_view rest = line; !rest.empty() && peer.push(rest.substr(0, 40'000));) {
      rest.remove_prefix(std::min<std::size_t>(rest.size(), 40'000));
      for (int i = 0; i < 12; ++i) {
        REQUIRE(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn);
      }
    }
    world.serve();
    (void)peer.heard();
    CHECK(peer.closed());
    CHECK(world.broker->state() == before);
  }
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kJoined);
}

TEST_CASE("group broker: half a line is nothing, two lines at once are two") {
  GroupTestWorld world;
  world.start_broker();
  const GroupState before = world.broker->state();
  RawPeer half(world);
  const std::string hello = line_of(hello_of("web", raw_legs(kLegOutside)));
  half.say(hello.substr(0, hello.size() - 1));
  world.serve();
  half.leave();
  world.serve();
  CHECK(world.broker->state() == before);

  RawPeer peer(world);
  peer.say(hello.substr(0, 10));
  world.serve();
  peer.say(hello.substr(10) + line_of({.word = GroupWord::kReserve,
                                       .ticket = 8,
                                       .version = before.version + 1,
                                       .legs = raw_legs(kLegOutside)}));
  world.serve();
  CHECK(peer.heard() ==
        line_of({.word = GroupWord::kState,
                 .version = before.version + 1,
                 .legs = raw_legs(kLegOutside)}) +
            line_of({.word = GroupWord::kGranted, .ticket = 8, .version = before.version + 1}));
}

TEST_CASE("group broker: who reserves and goes has reserved") {
  GroupTestWorld world;
  world.start_broker();
  RawPeer peer(world);
  peer.say(hello_of("web"));
  world.serve();
  peer.say({.word = GroupWord::kReserve,
            .ticket = 1,
            .version = world.broker->state().version,
            .legs = raw_legs(kLegSensitive)});
  peer.leave();
  world.serve();
  CHECK(leg_bits(world.broker->state().legs) == kLegSensitive);
  CHECK(world.broker->state().members.empty());
}

TEST_CASE("group broker: a second hello, and the 65th member, are refused") {
  GroupTestWorld world;
  world.start_broker();
  std::vector<std::unique_ptr<RawPeer>> peers;
  for (std::size_t i = 0; i < kMostGroupMembers; ++i) {
    peers.push_back(std::make_unique<RawPeer>(world));
    peers.back()->say(hello_of("web"));
    world.serve();
    (void)peers.back()->heard();
    CHECK_FALSE(peers.back()->closed());
  }
  RawPeer late(world);
  late.say(hello_of("web"));
  world.serve();
  CHECK(late.heard() ==
        line_of({.word = GroupWord::kRefused, .why = "the group has too many members"}));
  CHECK(late.closed());
  peers[0]->say(hello_of("web"));
  world.serve();
  CHECK(peers[0]->heard() ==
        line_of({.word = GroupWord::kRefused, .why = "a member says hello once"}));
  CHECK(peers[0]->closed());
  CHECK(world.broker->state().members.size() == kMostGroupMembers - 1);
}

TEST_CASE("group broker: who says nothing is closed after two seconds, a member is not") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  RawPeer silent(world);
  world.serve();
  world.clock.move(milliseconds(1999));
  world.serve();
  (void)silent.heard();
  CHECK_FALSE(silent.closed());
  world.clock.move(milliseconds(1));
  world.serve();
  (void)silent.heard();
  CHECK(silent.closed());
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kJoined);
}

TEST_CASE("group broker: a member that does not read is out before anybody is granted anything") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  RawPeer deaf(world);
  deaf.say(hello_of("deaf"));
  world.serve();
  REQUIRE(world.broker->state().members.size() == 2);
  // Its buffers are filled with answers that it does not take.
  const std::string ask = line_of({.word = GroupWord::kShow, .group = "work"});
  for (int i = 0; i < 4000 && deaf.push(ask); ++i) {
    REQUIRE(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn);
  }
  wish_for(*web, 1, kLegOutside);
  world.serve();
  web->on_ready();
  CHECK(web->take_reserved().size() == 1);
  CHECK(world.broker->state().members.size() == 1);
  (void)deaf.heard();
  CHECK(deaf.closed());
}

TEST_CASE("group broker: a person sees the group, and resets it when nobody is in it") {
  GroupTestWorld world;
  world.start_broker();
  auto web = world.member("web");
  wish_for(*web, 1, kLegOutside, "send");
  world.serve();
  RawPeer person(world);
  person.say({.word = GroupWord::kShow, .group = "work"});
  world.serve();
  const GroupState& state = world.broker->state();
  CHECK(person.heard() == line_of({.word = GroupWord::kState,
                                   .version = state.version,
                                   .legs = state.legs,
                                   .members = {{.server = "web", .session = "web-session"}}}));
  person.say({.word = GroupWord::kReset, .group = "work"});
  world.serve();
  CHECK(person.heard() == line_of({.word = GroupWord::kRefused,
                                   .why = "there are still proxies of the group: `web`"}));
  CHECK(leg_bits(world.broker->state().legs) == kLegOutside);

  web = nullptr;
  world.serve();
  RawPeer again(world);
  again.say({.word = GroupWord::kReset, .group = "work"});
  world.serve();
  CHECK(again.heard() == line_of({.word = GroupWord::kDone}));
  CHECK(leg_bits(world.broker->state().legs) == 0);
  const auto kept = load_group(world.places.state_folder, "work", 0);
  REQUIRE(kept);
  CHECK(leg_bits(kept->legs) == 0);
}

TEST_CASE("group broker: a reset ends the doubt") {
  GroupTestWorld world;
  REQUIRE(keep_group(world.places.state_folder, {.name = "work"}));
  std::ofstream(world.root.path("state/merlon/groups/work.json")) << "broken";
  world.start_broker();
  CHECK_FALSE(world.broker->state().doubt.empty());
  RawPeer person(world);
  person.say({.word = GroupWord::kReset, .group = "work"});
  world.serve();
  CHECK(person.heard() == line_of({.word = GroupWord::kDone}));
  CHECK(world.member("web")->condition() == GroupCondition::kJoined);
}

TEST_CASE(
    "group broker: ends a minute after the last member, and a starter finds its traces gone") {
  GroupTestWorld world;
  world.start_broker();
  auto web = world.member("web");
  world.clock.move(std::chrono::hours(5));
  CHECK(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn);
  web = nullptr;
  world.serve();
  world.clock.move(milliseconds(59'999));
  CHECK(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn);
  world.clock.move(milliseconds(1));
  CHECK(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kIdle);
  world.broker = nullptr;
  CHECK(std::filesystem::is_empty(world.root.path("run/merlon")));
  CHECK(connect_to_group(world.places.state_folder, "work").error().code == ErrorCode::kNotFound);
}

TEST_CASE("group broker: what cannot be kept is not granted: it ends, and all are lost") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const std::string file = world.root.path("state/merlon/groups/work.json");
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  wish_for(*web, 1, kLegOutside);
  while (world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn) {
  }
  CHECK(world.broker->failure().message == "`" + file + "` is no regular file");
  web->on_ready();
  CHECK(web->take_reserved() ==
        std::vector<Reserved>{{.ticket = 1, .state = ReservedState::kJudgeAgain}});
  CHECK(web->condition() == GroupCondition::kLost);
}

TEST_CASE("group broker: whose lock was replaced grants nothing any more") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  std::filesystem::remove(world.root.path("state/merlon/groups/work.lock"));
  wish_for(*web, 1, kLegOutside);
  CHECK(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kFailed);
  web->on_ready();
  CHECK(web->take_reserved() ==
        std::vector<Reserved>{{.ticket = 1, .state = ReservedState::kJudgeAgain}});
}

TEST_CASE("group broker: whose socket is gone ends, so that the next one can be found") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  wish_for(*web, 1, kLegOutside);
  world.serve();
  std::filesystem::remove_all(world.root.path("run/merlon"));
  CHECK(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kFailed);
  CHECK(world.broker->failure().message ==
        "the group's socket in `" + world.root.path("run/merlon") + "` is gone");
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kLost);
  world.broker = nullptr;
  world.start_broker();
  CHECK(world.member("files")->news().size() == 1);
}

TEST_CASE("group broker: any bytes in any pieces leave it as it was") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const GroupState before = world.broker->state();
  const std::string model = line_of({.word = GroupWord::kShow, .group = "work"});
  std::uint64_t seed = 7;
  const auto next = [&seed](std::uint64_t below) {
    seed = seed * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    return (seed >> 33U) % below;
  };
  for (int round = 0; round < 300; ++round) {
    std::string bytes = model + model;
    for (std::uint64_t i = next(6); i > 0; --i) {
      bytes[next(bytes.size())] = static_cast<char>(next(256));
    }
    RawPeer peer(world);
    const std::size_t cut = next(bytes.size());
    peer.say(bytes.substr(0, cut));
    REQUIRE(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn);
    (void)peer.push(bytes.substr(cut));
    REQUIRE(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn);
  }
  world.serve();
  CHECK(world.broker->state() == before);
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kJoined);
}

}  // namespace
}  // namespace merlon
