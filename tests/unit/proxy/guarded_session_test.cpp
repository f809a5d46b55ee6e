#include "proxy/guarded_session.h"

#include <latch>
#include <thread>

#include <doctest/doctest.h>

#include "support/scripted_guard.h"

namespace merlon {
namespace {

using test::guard_list;
using test::policy_of;
using test::says;
using test::scripted;

constexpr std::string_view kPing = R"({"jsonrpc":"2.0","id":2,"method":"ping"})";
constexpr std::string_view kList = R"({"jsonrpc":"2.0","id":1,"method":"tools/list"})";

/// The world of a session, written down.
class ScriptedDoor final : public SessionDoor {
 public:
  std::int64_t now_ms() override { return now; }
  void send(Direction to, std::string line) override {
    (to == Direction::kToServer ? to_server : to_client).push_back(std::move(line));
  }
  void find(std::uint64_t ticket, const Need& need) override { wanted.emplace_back(ticket, need); }
  std::vector<GroupFact> group_news() override { return news; }
  void group_told(const std::vector<GroupFact>& /*facts*/) override { news.clear(); }
  bool must_reserve(std::uint8_t legs) override { return (legs & ~granted_legs) != 0; }
  void reserve(std::uint64_t ticket, const LegClaim& claim) override {
    claims.emplace_back(ticket, claim.legs);
  }
  bool happened(const Event& event, const Decision& /*decision*/,
                const Interception& /*what*/) override {
    sequences.push_back(event.sequence);
    return keeps;
  }
  bool unreadable(Direction /*direction*/, const std::string* /*bytes*/, std::uint64_t /*size*/,
                  const Error& /*problem*/, const Interception& /*what*/) override {
    return keeps;
  }

  std::int64_t now{1'000};
  bool keeps{true};
  std::uint8_t granted_legs{kAllLegs};
  std::vector<GroupFact> news;
  std::vector<std::string> to_server;
  std::vector<std::string> to_client;
  std::vector<std::pair<std::uint64_t, Need>> wanted;
  std::vector<std::pair<std::uint64_t, std::uint8_t>> claims;
  std::vector<std::uint64_t> sequences;
};

std::string call_of(std::string_view id, std::string_view tool = "t") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) +
         R"(,"method":"tools/call","params":{"name":")" + std::string(tool) + "\"}}";
}

/// Wants to know where `/p` leads before it lets a call pass, and denies when it is not known.
CompiledGuard path_asker() {
  return scripted("asks", [](const GuardInput& input) {
    const Fact* const fact = input.event.facts.find(NeedKind::kPath, "/p");
    if (fact != nullptr) {
      return says(fact->state == FactState::kKnown ? Verdict::kAllow : Verdict::kDeny);
    }
    GuardOutcome outcome;
    outcome.state = OutcomeState::kWaiting;
    outcome.verdict = Verdict::kDeny;
    outcome.needs.push_back({.kind = NeedKind::kPath, .what = "/p"});
    return input.phase == Phase::kToolInvoke ? outcome : says(Verdict::kAllow);
  });
}

CompiledGuard list_asker() {
  return scripted("list", [](const GuardInput& input) {
    if (input.phase != Phase::kToolInvoke || input.tool != nullptr) {
      return says(Verdict::kAllow);
    }
    if (input.event.facts.find(NeedKind::kToolList, "") != nullptr) {
      return says(Verdict::kDeny);
    }
    GuardOutcome outcome;
    outcome.state = OutcomeState::kWaiting;
    outcome.verdict = Verdict::kDeny;
    outcome.needs.push_back({.kind = NeedKind::kToolList, .what = ""});
    return outcome;
  });
}

struct Bench {
  explicit Bench(std::vector<CompiledGuard> guards, Policy policy = {})
      : session(door, watch, policy_of(std::move(guards), std::move(policy)), SessionState(), {},
                "secret") {}
  Served client(std::string_view line) {
    return session.on_line(Direction::kToServer, std::string(line));
  }
  Served server(std::string_view line) {
    return session.on_line(Direction::kToClient, std::string(line));
  }

  ScriptedDoor door;
  DeadlineWatch watch;
  GuardedSession session;
};

}  // namespace

TEST_CASE("session: what is allowed goes on byte for byte, blank lines are nothing") {
  Bench bench({});
  const std::string odd =
      "  {\"jsonrpc\" : \"2.0\", \"id\":9007199254740993,\"method\":\"ping\"}\r";
  CHECK(bench.client(odd) == Served::kOn);
  CHECK(bench.client(" \t\r") == Served::kOn);
  CHECK(bench.door.to_server == std::vector<std::string>{odd});
}

TEST_CASE("session: a message that waits for a fact holds up nobody, and passes with it") {
  Bench bench(guard_list(path_asker()));
  CHECK(bench.client(call_of("1")) == Served::kOn);
  CHECK(bench.client(std::string(kPing)) == Served::kOn);
  REQUIRE(bench.door.wanted.size() == 1);
  CHECK(bench.door.to_server == std::vector<std::string>{std::string(kPing)});
  const auto [ticket, need] = bench.door.wanted.front();
  CHECK(bench.session.on_fact(
            ticket, {.need = need, .state = FactState::kKnown, .values = {"/p"}}) == Served::kOn);
  CHECK(bench.door.to_server == std::vector<std::string>{std::string(kPing), call_of("1")});
  CHECK(bench.session.parked() == 0);
}

TEST_CASE("session: a fact that cannot be found out denies") {
  Bench bench(guard_list(path_asker()));
  (void)bench.client(call_of("1"));
  const auto [ticket, need] = bench.door.wanted.front();
  (void)bench.session.on_fact(ticket, {.need = need, .state = FactState::kTimeout, .values = {}});
  CHECK(bench.door.to_server.empty());
  CHECK(bench.door.to_client.size() == 1);
}

TEST_CASE("session: a cancellation takes a waiting request away, unsent and unanswered") {
  Bench bench(guard_list(path_asker()));
  (void)bench.client(call_of("1"));
  (void)bench.client(
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}})");
  CHECK(bench.session.parked() == 0);
  const auto [ticket, need] = bench.door.wanted.front();
  (void)bench.session.on_fact(ticket, {.need = need, .state = FactState::kKnown, .values = {"/p"}});
  CHECK(bench.door.to_server.empty());
  CHECK(bench.door.to_client.empty());
}

TEST_CASE("session: at most kMostParked wait; who comes then is denied at once") {
  Bench bench(guard_list(path_asker()));
  for (std::size_t i = 0; i < GuardedSession::kMostParked + 1; ++i) {
    (void)bench.client(call_of(std::to_string(i)));
  }
  CHECK(bench.session.parked() == GuardedSession::kMostParked);
  CHECK(bench.door.to_client.size() == 1);
}

TEST_CASE("session: the server's own list is asked for page by page, and nobody sees it") {
  Bench bench(guard_list(list_asker()));
  (void)bench.client(call_of("1"));
  REQUIRE(bench.door.to_server.size() == 1);
  CHECK(bench.door.to_server[0] ==
        R"({"jsonrpc":"2.0","id":"merlon-secret-1","method":"tools/list"})");
  (void)bench.server(
      R"({"jsonrpc":"2.0","id":"merlon-secret-1","result":{"tools":[],"nextCursor":"c"}})");
  REQUIRE(bench.door.to_server.size() == 2);
  CHECK(
      bench.door.to_server[1] ==
      R"({"jsonrpc":"2.0","id":"merlon-secret-2","method":"tools/list","params":{"cursor":"c"}})");
  (void)bench.server(R"({"jsonrpc":"2.0","id":"merlon-secret-2","result":{"tools":)"
                     R"([{"name":"t","inputSchema":{"type":"object"}}]}})");
  REQUIRE(bench.door.to_server.size() == 3);
  CHECK(bench.door.to_server[2] == call_of("1"));
  CHECK(bench.door.to_client.empty());
}

TEST_CASE("session: a stateless server is asked in its revision") {
  Bench bench(guard_list(list_asker()));
  (void)bench.client(
      R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","_meta":)"
      R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
      R"("io.modelcontextprotocol/clientCapabilities":{},"progressToken":3}}})");
  REQUIRE(bench.door.to_server.size() == 1);
  CHECK(bench.door.to_server[0] ==
        R"({"jsonrpc":"2.0","id":"merlon-secret-1","method":"tools/list","params":{"_meta":)"
        R"({"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
        R"("io.modelcontextprotocol/clientCapabilities":{}}}})");
}

TEST_CASE("session: a server that does not say what it offers is not waited for") {
  Bench bench(guard_list(list_asker()));
  (void)bench.client(call_of("1"));
  REQUIRE(bench.session.wanted_at_ms() == 1'000 + OwnQuestions::kPatienceMs);
  bench.door.now += OwnQuestions::kPatienceMs;
  CHECK(bench.session.on_time() == Served::kOn);
  CHECK(bench.door.to_client.size() == 1);
  // Its late answer goes nowhere.
  (void)bench.server(R"({"jsonrpc":"2.0","id":"merlon-secret-1","result":{"tools":[]}})");
  CHECK(bench.door.to_client.size() == 1);
}

TEST_CASE("session: a broken answer ends the request that it answers, and our own question") {
  Bench bench(guard_list(list_asker()));
  (void)bench.client(std::string(kPing));
  (void)bench.server(R"({"jsonrpc":"2.0","id":2,"result":{},"result":{}})");
  REQUIRE(bench.door.to_client.size() == 1);
  CHECK(bench.door.to_client[0].starts_with(R"({"jsonrpc":"2.0","id":2,"error":{"code":-31007,)"));
  CHECK(bench.session.state().pending.empty());

  (void)bench.client(call_of("5"));
  REQUIRE(bench.session.parked() == 1);
  (void)bench.server(R"({"jsonrpc":"2.0","id":"merlon-secret-1","result":{},"result":{}})");
  CHECK(bench.session.parked() == 0);
  REQUIRE(bench.door.to_client.size() == 2);
  CHECK(bench.door.to_client[1].find("\"id\":5,") != std::string::npos);
}

TEST_CASE("session: an answer above the limit ends its request where its id can be seen") {
  Bench bench({});
  (void)bench.client(std::string(kPing));
  (void)bench.session.on_long_line(Direction::kToClient,
                                   R"({"jsonrpc":"2.0","id":2,"result":{"content":[{"text":"aaaa)");
  REQUIRE(bench.door.to_client.size() == 1);
  CHECK(bench.door.to_client[0].starts_with(R"({"jsonrpc":"2.0","id":2,"error":{"code":-31007,)"));
  (void)bench.session.on_long_line(Direction::kToClient, R"({"jsonrpc":"2.0","id":2,"result":"a)");
  CHECK(bench.door.to_client.size() == 1);
}

TEST_CASE("session: no more requests are taken while too many wait, until they are answered") {
  Bench bench({});
  const auto ping = [](std::size_t id) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"method":"ping"})";
  };
  for (std::size_t id = 0; id < GuardedSession::kMostUnanswered; ++id) {
    CHECK(bench.session.takes_requests());
    (void)bench.client(ping(id));
  }
  CHECK(!bench.session.takes_requests());
  (void)bench.server(R"({"jsonrpc":"2.0","id":0,"result":{}})");
  CHECK(bench.session.takes_requests());
  CHECK(bench.session.answers() == 1);
}

TEST_CASE("session: a message with a new leg waits for the group, and is judged again if it lost") {
  int judged = 0;
  Bench bench(guard_list(scripted("counts", [&judged](const GuardInput&) {
    ++judged;
    return says(Verdict::kAllow);
  })));
  bench.door.granted_legs = 0;
  (void)bench.client(call_of("1"));
  // A tool that is not known touches all three.
  REQUIRE(bench.door.claims.size() == 1);
  CHECK(bench.door.claims[0].second == kAllLegs);
  CHECK(bench.door.to_server.empty());
  CHECK(bench.session.on_reserved(bench.door.claims[0].first, false) == Served::kOn);
  REQUIRE(bench.door.claims.size() == 2);
  CHECK(judged == 2);
  bench.door.granted_legs = kAllLegs;
  CHECK(bench.session.on_reserved(bench.door.claims[1].first, true) == Served::kOn);
  CHECK(judged == 2);
  CHECK(bench.door.to_server == std::vector<std::string>{call_of("1")});
}

TEST_CASE("session: what cannot be kept where it must be kept is not sent") {
  Bench bench({});
  bench.door.keeps = false;
  (void)bench.client(std::string(kPing));
  (void)bench.client("rubbish");
  CHECK(bench.door.to_server.empty());
  CHECK(bench.door.to_client.empty());
}

TEST_CASE("session: batches are taken apart in the one revision that has them") {
  Bench bench({});
  const std::string batch = "[" + std::string(kList) + "," + std::string(kPing) + "]";
  (void)bench.client(batch);
  CHECK(bench.door.to_server.empty());
  CHECK(bench.door.to_client.size() == 1);
  (void)bench.client(R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{}})");
  (void)bench.server(R"({"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-03-26"}})");
  bench.door.to_server.clear();
  (void)bench.client(batch);
  CHECK(bench.door.to_server == std::vector<std::string>{std::string(kList), std::string(kPing)});
  (void)bench.client("[]");
  CHECK(bench.door.to_client.size() == 3);
}

TEST_CASE("session: when the server is gone everybody who waits is told, once") {
  Bench bench(guard_list(path_asker()));
  (void)bench.client(std::string(kPing));
  (void)bench.client(R"({"jsonrpc":"2.0","id":"a\"b","method":"prompts/list"})");
  (void)bench.client(call_of("7"));
  bench.session.end_open_requests("it ended with exit code 1");
  REQUIRE(bench.door.to_client.size() == 3);
  CHECK(bench.door.to_client[0].find(R"("id":"a\"b")") != std::string::npos);
  CHECK(bench.door.to_client[1].find(R"("id":2)") != std::string::npos);
  CHECK(bench.door.to_client[2].find(R"("id":7)") != std::string::npos);
  CHECK(bench.door.to_client[2].find("it ended with exit code 1") != std::string::npos);
}

TEST_CASE(
    "session: a watching policy passes what is no message, an enforcing one answers by its id") {
  Policy watching;
  watching.mode = PolicyMode::kShadow;
  Bench watches({}, watching);
  (void)watches.client("rubbish");
  (void)watches.server("banner");
  CHECK(watches.door.to_server == std::vector<std::string>{"rubbish"});
  CHECK(watches.door.to_client == std::vector<std::string>{"banner"});
  Bench enforces({});
  (void)enforces.client(R"({"jsonrpc":"2.0","id":3,"method":"ping","method":"ping"})");
  (void)enforces.server("banner");
  CHECK(enforces.door.to_server.empty());
  REQUIRE(enforces.door.to_client.size() == 1);
  CHECK(enforces.door.to_client[0].starts_with(R"({"jsonrpc":"2.0","id":3,"error":)"));
}

TEST_CASE("session: when a guard does not end, another thread goes on, and it is answered for") {
  struct Gate {
    std::latch open{1};
  };
  const auto gate = std::make_shared<Gate>();
  CompiledGuard slow = scripted("slow", [gate](const GuardInput& input) {
    if (input.phase == Phase::kToolInvoke) {
      gate->open.wait();
    }
    return says(Verdict::kAllow);
  });
  slow.entry.timeout_ms = 1;
  Bench bench(guard_list(std::move(slow)));
  std::jthread serving([&bench] { CHECK(bench.client(call_of("1")) == Served::kGone); });
  const auto late = bench.watch.wait_for_late();
  REQUIRE(late.has_value());
  CHECK(bench.session.resume(*late, false) == Served::kOn);
  // Denied, since the guard's on_error says so; the next message is served as ever.
  CHECK(bench.door.to_client.size() == 1);
  CHECK(bench.client(std::string(kPing)) == Served::kOn);
  CHECK(bench.door.to_server == std::vector<std::string>{std::string(kPing)});
  gate->open.count_down();
}

}  // namespace merlon
