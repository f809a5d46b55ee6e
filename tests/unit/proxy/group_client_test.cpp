#include "proxy/group_client.h"

#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/proxy/group_world.h"

namespace merlon {
namespace {

using std::chrono::milliseconds;
using test::GroupTestWorld;
using test::wish_for;

const std::vector<GroupFact> kLostFact{
    {.server = "", .tool = "", .legs = 0, .lost = true, .reference = ""}};
const std::vector<GroupFact> kAllKnownFact{
    {.server = "", .tool = "", .legs = 0, .lost = false, .reference = ""}};

GroupFact fact_of(const std::string& server, std::uint8_t legs, std::uint64_t sequence,
                  const std::string& tool = "tool") {
  return {.server = server,
          .tool = tool,
          .legs = legs,
          .lost = false,
          .reference = server + "-session/" + std::to_string(sequence)};
}
std::vector<Reserved> granted(std::uint64_t ticket) {
  return {{.ticket = ticket, .state = ReservedState::kGranted}};
}
std::vector<Reserved> again(std::uint64_t ticket) {
  return {{.ticket = ticket, .state = ReservedState::kJudgeAgain}};
}
bool is_readable(const GroupClient& client) {
  pollfd one{.fd = client.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) == 1;
}

TEST_CASE("group client: nobody is known before the broker has spoken, which is the worst case") {
  GroupTestWorld world;
  world.start_broker();
  const auto client = world.client("web");
  CHECK(client->condition() == GroupCondition::kLost);
  CHECK(client->news() == kLostFact);
  client->told(client->news());
  CHECK(client->news().empty());
  world.serve();
  CHECK(is_readable(*client));
  client->on_ready();
  CHECK(client->condition() == GroupCondition::kJoined);
  CHECK(client->why().empty());
  CHECK(client->news() == kAllKnownFact);
  client->told(client->news());
  CHECK(client->news().empty());
}

TEST_CASE("group client: a session that was never told of a loss need not be told of its end") {
  GroupTestWorld world;
  world.start_broker();
  CHECK(world.member("web")->news().empty());
}

TEST_CASE("group: three proxies, one leg each: the third knows the other two before it may go on") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const auto files = world.member("files");
  const auto mail = world.member("mail");

  wish_for(*web, 1, kLegUntrusted, "fetch");
  world.serve();
  web->on_ready();
  CHECK(web->take_reserved() == granted(1));
  CHECK(web->news().empty());
  CHECK_FALSE(web->must_reserve(kLegUntrusted));

  files->on_ready();
  CHECK(files->news() == std::vector{fact_of("web", kLegUntrusted, 1, "fetch")});
  wish_for(*files, 2, kLegSensitive, "read");
  world.serve();
  files->on_ready();
  CHECK(files->take_reserved() == granted(2));

  mail->on_ready();
  const std::vector expected{fact_of("web", kLegUntrusted, 1, "fetch"),
                             fact_of("files", kLegSensitive, 2, "read")};
  CHECK(mail->news() == expected);
  mail->told(mail->news());
  CHECK(mail->news().empty());
  CHECK_FALSE(mail->must_reserve(kLegUntrusted | kLegSensitive));
  CHECK(mail->must_reserve(kLegOutside));
}

TEST_CASE("group: of two calls that complete the three at one moment, one is judged again") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const auto files = world.member("files");
  const auto mail = world.member("mail");
  wish_for(*web, 1, kLegUntrusted);
  world.serve();
  web->on_ready();
  files->on_ready();
  mail->on_ready();
  files->told(files->news());
  mail->told(mail->news());

  // Both have been judged on the same facts and want to go on; neither has heard of the other.
  wish_for(*files, 2, kLegSensitive);
  wish_for(*mail, 3, kLegOutside);
  world.serve();
  files->on_ready();
  mail->on_ready();
  const auto first = files->take_reserved();
  const auto second = mail->take_reserved();
  REQUIRE(first.size() == 1);
  REQUIRE(second.size() == 1);
  // The broker hears them in the order in which they joined.
  CHECK(first == granted(2));
  CHECK(second == again(3));
  CHECK(mail->news() == std::vector{fact_of("files", kLegSensitive, 2)});
  CHECK(files->news().empty());
  CHECK(leg_bits(world.broker->state().legs) == (kLegUntrusted | kLegSensitive));
}

TEST_CASE("group: the news is with the others when the reservation is granted, not later") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const auto files = world.member("files");
  wish_for(*web, 1, kLegUntrusted);
  // Turn by turn: as soon as the one is granted, the other can know.
  while (web->take_reserved() != granted(1)) {
    REQUIRE(world.broker->turn(milliseconds(0)) == GroupBroker::Turn::kGoOn);
    web->on_ready();
  }
  files->on_ready();
  CHECK(files->news() == std::vector{fact_of("web", kLegUntrusted, 1)});
}

TEST_CASE("group client: what was judged before the news is judged again, without a round trip") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const auto files = world.member("files");
  const std::uint64_t view = files->view();
  wish_for(*web, 1, kLegUntrusted);
  world.serve();
  files->on_ready();
  CHECK(files->view() != view);
  files->reserve({.ticket = 2, .view = view, .legs = kLegSensitive, .tool = "t", .sequence = 1});
  CHECK(files->take_reserved() == again(2));
  world.serve();
  CHECK(leg_bits(world.broker->state().legs) == kLegUntrusted);
}

TEST_CASE("group client: two calls of one proxy at once: the second is judged with the first") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const std::uint64_t view = web->view();
  wish_for(*web, 1, kLegUntrusted);
  wish_for(*web, 2, kLegSensitive);
  world.serve();
  web->on_ready();
  const std::vector<Reserved> expected{{.ticket = 1, .state = ReservedState::kGranted},
                                       {.ticket = 2, .state = ReservedState::kJudgeAgain}};
  CHECK(web->take_reserved() == expected);
  // And what was judged before the first was granted is judged on too little.
  web->reserve({.ticket = 3, .view = view, .legs = kLegOutside, .tool = "t", .sequence = 3});
  CHECK(web->take_reserved() == again(3));
}

TEST_CASE("group client: without a new leg nothing is sent") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const auto files = world.member("files");
  wish_for(*web, 1, kLegUntrusted);
  world.serve();
  web->on_ready();
  files->on_ready();
  for (const auto* client : {web.get(), files.get()}) {
    CHECK_FALSE(client->must_reserve(0));
    CHECK_FALSE(client->must_reserve(kLegUntrusted));
    CHECK(client->must_reserve(kLegUntrusted | kLegOutside));
  }
}

TEST_CASE("group: the broker goes: the worst case at once, then everything again") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  const auto files = world.member("files");
  wish_for(*web, 1, kLegUntrusted);
  world.serve();
  web->on_ready();
  files->on_ready();
  files->told(files->news());
  wish_for(*files, 2, kLegSensitive);

  world.broker = nullptr;
  CHECK(is_readable(*files));
  files->on_ready();
  CHECK(files->condition() == GroupCondition::kLost);
  CHECK(files->why() == "the broker is gone");
  CHECK(files->take_reserved() == again(2));
  CHECK(files->news() == kLostFact);
  files->told(files->news());

  world.start_broker();
  world.clock.move(milliseconds(5));
  files->on_ready();
  world.serve();
  files->on_ready();
  CHECK(files->condition() == GroupCondition::kJoined);
  CHECK(files->news() == std::vector{fact_of("web", kLegUntrusted, 1)});
}

TEST_CASE("group: legs that were touched while the broker was away are said when it is back") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  world.broker = nullptr;
  web->on_ready();
  CHECK(web->must_reserve(kLegOutside));
  wish_for(*web, 1, kLegOutside);
  CHECK(web->take_reserved() == granted(1));
  CHECK_FALSE(web->must_reserve(kLegOutside));

  world.start_broker();
  const auto files = world.member("files");
  CHECK(files->news().empty());
  world.clock.move(milliseconds(5));
  web->on_ready();
  world.serve();
  web->on_ready();
  files->on_ready();
  CHECK(files->news() == std::vector{fact_of("web", kLegOutside, 1)});
}

TEST_CASE("group: a broker whose file is gone learns from any of its members what was") {
  for (const bool who_did_it : {true, false}) {
    CAPTURE(who_did_it);
    GroupTestWorld world;
    world.start_broker();
    const auto web = world.member("web");
    const auto files = world.member("files");
    wish_for(*web, 1, kLegUntrusted);
    world.serve();
    web->on_ready();
    files->on_ready();
    const GroupLegs before = world.broker->state().legs;
    world.broker = nullptr;
    REQUIRE(forget_group(world.places.state_folder, "work"));
    GroupClient& first = who_did_it ? *web : *files;
    first.on_ready();
    world.start_broker();
    CHECK(leg_bits(world.broker->state().legs) == 0);
    world.clock.move(milliseconds(5));
    first.on_ready();
    world.serve();
    CHECK(world.broker->state().legs == before);
  }
}

TEST_CASE("group: a session outlives the restart of its server and of the broker") {
  GroupTestWorld world;
  world.start_broker();
  {
    const auto web = world.member("web");
    wish_for(*web, 1, kLegUntrusted);
    world.serve();
  }
  world.serve();
  world.broker = nullptr;
  world.clock.move(std::chrono::hours(24));
  world.start_broker();
  GroupClient web({.group = "work",
                   .server = "web",
                   .session = "next",
                   .state_folder = world.places.state_folder},
                  {}, world.clock);
  world.serve();
  web.on_ready();
  CHECK(web.news() == std::vector{fact_of("web", kLegUntrusted, 1)});
}

TEST_CASE("group: after its time to live without a member, the group has touched nothing") {
  GroupTestWorld world;
  world.start_broker();
  {
    const auto web = world.member("web");
    wish_for(*web, 1, kLegUntrusted);
    world.serve();
  }
  world.serve();
  world.broker = nullptr;
  world.clock.move(std::chrono::hours(24) + milliseconds(1));
  world.start_broker();
  CHECK(world.member("web")->news().empty());
}

TEST_CASE("group: a file that cannot be read is the worst case until a person resets") {
  GroupTestWorld world;
  REQUIRE(keep_group(world.places.state_folder, {.name = "work"}));
  const std::string file = world.root.path("state/merlon/groups/work.json");
  std::ofstream(file) << "broken";
  world.start_broker();
  const auto web = world.client("web");
  world.serve();
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kInDoubt);
  CHECK(web->why().starts_with("the group's file `" + file + "` cannot be read: "));
  CHECK(web->news() == kLostFact);
  wish_for(*web, 1, kLegOutside);
  CHECK(web->take_reserved() == granted(1));
  world.serve();
  // What a person may want to look at is still there.
  std::ifstream in(file);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "broken");
}

TEST_CASE("group client: looks for the broker after 5 ms, 10 ms, ... and starts one a second") {
  GroupTestWorld world;
  const auto web = world.client("web");
  CHECK(world.starts == 1);
  CHECK(web->news() == kLostFact);
  for (int i = 0; i < 150; ++i) {
    world.clock.move(milliseconds(10));
    web->on_ready();
  }
  CHECK(world.starts == 2);
  world.clock.move(std::chrono::hours(1));
  web->on_ready();
  CHECK(world.starts == 3);
  world.start_broker();
  world.clock.move(milliseconds(4999));
  web->on_ready();
  CHECK(web->why() == "there is no broker yet");
  world.clock.move(milliseconds(1));
  web->on_ready();
  world.serve();
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kJoined);
}

TEST_CASE("group client: a broker that cannot be started is said, and stays the worst case") {
  GroupTestWorld world;
  GroupClient web(
      {.group = "work", .server = "web", .session = "s", .state_folder = world.places.state_folder},
      []() -> Status { return fail(ErrorCode::kProcess, "no such program"); }, world.clock);
  CHECK(web.condition() == GroupCondition::kLost);
  CHECK(web.why() == "no such program");
  CHECK(web.news() == kLostFact);
}

TEST_CASE("group client: a broker that hangs is lost when an answer is due") {
  GroupTestWorld world;
  world.start_broker();
  const auto web = world.member("web");
  wish_for(*web, 1, kLegOutside);
  world.clock.move(milliseconds(1999));
  web->on_ready();
  CHECK(web->take_reserved().empty());
  world.clock.move(milliseconds(1));
  web->on_ready();
  CHECK(web->take_reserved() == again(1));
  CHECK(web->news() == kLostFact);
  CHECK(web->why() == "the broker does not answer");
  // Nor is one believed to be there that takes the connection and says nothing.
  world.clock.move(milliseconds(5));
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kLost);
  world.clock.move(milliseconds(2000));
  web->on_ready();
  CHECK(web->why() == "the broker does not answer");
}

TEST_CASE("group client: the first proxy starts the broker, the others find it") {
  GroupTestWorld world;
  const auto web = world.client("web", true);
  const auto files = world.client("files", true);
  const auto mail = world.client("mail", true);
  CHECK(world.starts == 1);
  world.clock.move(milliseconds(5));
  for (auto* client : {web.get(), files.get(), mail.get()}) {
    client->on_ready();
  }
  world.serve();
  for (auto* client : {web.get(), files.get(), mail.get()}) {
    client->on_ready();
    CHECK(client->condition() == GroupCondition::kJoined);
  }
  CHECK(world.broker->state().members.size() == 3);
}

TEST_CASE("group: a broker that is killed is noticed at once, and what it granted is on disk") {
  GroupTestWorld world;
  int ready[2] = {-1, -1};
  REQUIRE(::pipe(ready) == 0);
  const pid_t process = ::fork();
  if (process == 0) {
    auto broker = GroupBroker::open(world.broker_options());
    if (!broker || ::write(ready[1], "x", 1) != 1) {
      ::_exit(1);
    }
    (void)(*broker)->run();
    ::_exit(1);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  const auto web =
      std::make_unique<GroupClient>(GroupClientOptions{.group = "work",
                                                       .server = "web",
                                                       .session = "web-session",
                                                       .state_folder = world.places.state_folder},
                                    GroupClient::StartBroker(), system_clock());
  const auto wait_for = [&web](const auto& done) {
    while (!done()) {
      pollfd one{.fd = web->fd(), .events = POLLIN, .revents = 0};
      REQUIRE(::poll(&one, 1, 60'000) == 1);
      web->on_ready();
    }
  };
  wait_for([&] { return web->condition() == GroupCondition::kJoined; });
  wish_for(*web, 1, kLegOutside);
  std::vector<Reserved> answer;
  wait_for([&] {
    answer = web->take_reserved();
    return !answer.empty();
  });
  CHECK(answer == granted(1));
  REQUIRE(::kill(process, SIGKILL) == 0);
  REQUIRE(::waitpid(process, nullptr, 0) == process);
  CHECK(is_readable(*web));
  web->on_ready();
  CHECK(web->condition() == GroupCondition::kLost);
  CHECK(web->news() == kLostFact);
  // Its socket and its lock's text are still there; the next broker takes over.
  world.start_broker();
  CHECK(leg_bits(world.broker->state().legs) == kLegOutside);
  const auto files = world.member("files");
  CHECK(files->news() == std::vector{fact_of("web", kLegOutside, 1)});
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace merlon
