// Three sessions of one group under a policy that denies the three legs together, in every order
// that the parties can take turns in. The loop of GroupClient's manual, and nothing of the proxy
// besides.
#include <algorithm>
#include <array>
#include <bit>

#include <doctest/doctest.h>

#include "policy/decision_codec.h"
#include "policy/interceptor.h"
#include "policy/policy_loader.h"
#include "policy/session_tracker.h"
#include "support/guard_session.h"
#include "unit/proxy/group_world.h"

namespace merlon {
namespace {

constexpr std::string_view kThreeLegs = R"(format = 1
name = "t"
version = 1
[rule_of_two]
on_violation = "deny"
[[guard]]
type = "rule-of-two"
[[tool]]
tool = "fetch"
tier = "read"
capabilities = ["takes-untrusted"]
[[tool]]
tool = "read"
tier = "read"
capabilities = ["reads-private"]
[[tool]]
tool = "post"
tier = "write"
capabilities = ["sends-out"]
)";
constexpr std::array<std::string_view, 3> kTools{"fetch", "read", "post"};

std::shared_ptr<const CompiledPolicy> three_legs_policy() {
  auto policy = parse_policy(SourceText::copy_of("p.toml", std::string(kThreeLegs)), {});
  REQUIRE(policy);
  auto compiled = compile_policy(*std::move(policy), test::GuardSession::built_in_world());
  REQUIRE(compiled);
  return *std::move(compiled);
}

/// One proxy with one call to make.
class MiniProxy {
 public:
  MiniProxy(test::GroupTestWorld& world, const std::shared_ptr<const CompiledPolicy>& policy,
            std::string_view tool)
      : tool_(tool),
        policy_(policy),
        interceptor_(policy, state_of(tool)),
        group_(world.client(std::string(tool))) {}

  [[nodiscard]] static SessionState state_of(std::string_view tool) {
    SessionState state;
    state.session = std::string(tool) + "-session";
    state.server = tool;
    state.group = "work";
    return state;
  }

  /// The call comes.
  void start() {
    started_ = true;
    group_->on_ready();
    received_ =
        interceptor_.receive(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":")" +
                                 tool_ + R"(","arguments":{}}})",
                             Direction::kToServer, 1);
    go_on();
  }
  /// The group has something to say.
  void hear() {
    group_->on_ready();
    for (const Reserved& answer : group_->take_reserved()) {
      if (answer.state == ReservedState::kGranted) {
        happen();
      } else {
        go_on();
      }
    }
  }
  [[nodiscard]] bool started() const { return started_; }
  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] bool forwarded() const { return forwarded_; }
  [[nodiscard]] const Decision& decision() const { return received_.evaluation.decision; }
  [[nodiscard]] GroupClient& group() { return *group_; }

  /// What a replay of the event with its facts decides.
  [[nodiscard]] std::string replayed() const {
    Interceptor again(policy_, state_of(tool_));
    const Event& event = *received_.event;
    auto message = parse_message(std::string(event.message.bytes()), event.message.direction, {});
    REQUIRE(message);
    Received received = again.receive(Event{.sequence = 0,
                                            .time_ms = event.time_ms,
                                            .origin = event.origin,
                                            .message = *std::move(message),
                                            .facts = event.facts});
    (void)again.finish(received);
    return decision_json(received.evaluation.decision);
  }

 private:
  void go_on() {
    received_.event->facts.group = group_->news();
    const std::uint64_t view = group_->view();
    interceptor_.judge(received_);
    const EventLegs legs = legs_of_event(interceptor_.state(), *received_.event, *policy_);
    if (passes(received_.evaluation.decision) && group_->must_reserve(legs.bits)) {
      group_->reserve({.ticket = 1,
                       .view = view,
                       .legs = legs.bits,
                       .tool = legs.name,
                       .sequence = received_.event->sequence});
      return;
    }
    happen();
  }
  void happen() {
    forwarded_ = interceptor_.finish(received_).action == Action::kForward;
    group_->told(received_.event->facts.group);
    done_ = true;
  }

  std::string tool_;
  std::shared_ptr<const CompiledPolicy> policy_;
  Interceptor interceptor_;
  std::unique_ptr<GroupClient> group_;
  Received received_;
  bool started_{false};
  bool done_{false};
  bool forwarded_{false};
};

/// A group of three that has joined.
struct ThreeProxies {
  test::GroupTestWorld world;
  std::array<std::unique_ptr<MiniProxy>, 3> proxies;

  explicit ThreeProxies(const std::shared_ptr<const CompiledPolicy>& policy) {
    world.start_broker();
    for (std::size_t i = 0; i < proxies.size(); ++i) {
      proxies[i] = std::make_unique<MiniProxy>(world, policy, kTools[i]);
    }
    world.serve();
    for (const auto& proxy : proxies) {
      proxy->hear();
      REQUIRE(proxy->group().condition() == GroupCondition::kJoined);
    }
  }
  /// 0 to 2: a call comes; 3 to 5: a proxy hears; 6: the broker works.
  void step(std::uint64_t what) {
    if (what == 6) {
      REQUIRE(world.broker->turn(std::chrono::milliseconds(0)) == GroupBroker::Turn::kGoOn);
    } else if (what >= 3) {
      proxies[what - 3]->hear();
    } else if (!proxies[what]->started()) {
      proxies[what]->start();
    }
  }
  void finish() {
    for (std::uint64_t proxy = 0; proxy < 3; ++proxy) {
      step(proxy);
    }
    while (!std::ranges::all_of(proxies, [](const auto& proxy) { return proxy->done(); })) {
      for (std::uint64_t what = 3; what <= 6; ++what) {
        step(what);
      }
    }
  }
};

TEST_CASE(
    "group session: three calls, one leg each, in any order of turns: two pass, one does not") {
  const auto policy = three_legs_policy();
  std::uint64_t seed = 20'261'121;
  for (int round = 0; round < 120; ++round) {
    ThreeProxies three(policy);
    std::string schedule;
    for (int i = 0; i < 14; ++i) {
      seed = seed * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
      const std::uint64_t what = (seed >> 33U) % 7;
      schedule += std::to_string(what);
      three.step(what);
    }
    three.finish();
    CAPTURE(schedule);
    std::uint8_t touched = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      touched = static_cast<std::uint8_t>(touched | (three.proxies[i]->forwarded() ? 1U << i : 0U));
      CHECK(decision_json(three.proxies[i]->decision()) == three.proxies[i]->replayed());
    }
    CHECK(std::popcount(touched) == 2);
    CHECK(leg_bits(three.world.broker->state().legs) == touched);
  }
}

TEST_CASE(
    "group session: all three at one moment, the news not read before: two pass, one does not") {
  const auto policy = three_legs_policy();
  std::array<std::uint64_t, 3> order{0, 1, 2};
  do {
    ThreeProxies three(policy);
    for (const std::uint64_t proxy : order) {
      three.step(proxy);
    }
    three.finish();
    const auto passed =
        std::ranges::count_if(three.proxies, [](const auto& proxy) { return proxy->forwarded(); });
    CHECK(passed == 2);
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("group session: the third call is denied and names the other two") {
  ThreeProxies three(three_legs_policy());
  for (std::uint64_t proxy = 0; proxy < 3; ++proxy) {
    three.step(proxy);
    for (int i = 0; i < 3; ++i) {
      three.step(6);
      three.step(3 + proxy);
    }
  }
  REQUIRE(three.proxies[2]->done());
  CHECK(three.proxies[0]->forwarded());
  CHECK(three.proxies[1]->forwarded());
  CHECK_FALSE(three.proxies[2]->forwarded());
  const auto reasons = determining_reasons(three.proxies[2]->decision());
  REQUIRE(reasons.size() == 1);
  CHECK(reasons[0]->message ==
        "`post` would add an outside effect; `fetch` (server `fetch`, fetch-session/1) brought "
        "untrusted input, `read` (server `read`, read-session/1) private data");
}

TEST_CASE("group session: without a broker every call with a leg is denied") {
  ThreeProxies three(three_legs_policy());
  three.world.broker = nullptr;
  for (std::uint64_t proxy = 0; proxy < 3; ++proxy) {
    three.step(proxy);
    REQUIRE(three.proxies[proxy]->done());
    CHECK_FALSE(three.proxies[proxy]->forwarded());
    CHECK(decision_json(three.proxies[proxy]->decision()) == three.proxies[proxy]->replayed());
  }
}

TEST_CASE(
    "group session: the broker goes while calls wait for it: they are denied, not let through") {
  ThreeProxies three(three_legs_policy());
  for (std::uint64_t proxy = 0; proxy < 3; ++proxy) {
    three.step(proxy);
    CHECK_FALSE(three.proxies[proxy]->done());
  }
  three.world.broker = nullptr;
  for (std::uint64_t proxy = 0; proxy < 3; ++proxy) {
    three.step(3 + proxy);
    REQUIRE(three.proxies[proxy]->done());
    CHECK_FALSE(three.proxies[proxy]->forwarded());
  }
}

}  // namespace
}  // namespace merlon
