#include "policy/deadline_runner.h"

#include <latch>
#include <mutex>
#include <thread>

#include <doctest/doctest.h>

#include "policy/decision_codec.h"
#include "support/scripted_guard.h"

namespace merlon {
namespace {

using test::call_event;
using test::guard_list;
using test::policy_of;
using test::says;
using test::scripted;

/// A guard named `slow` is late as soon as it runs, all others have for ever.
class SlowIsLate final : public DeadlineTimer {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point deadline_of(
      const GuardEntry& guard) const override {
    return guard.id.starts_with("slow") ? std::chrono::steady_clock::time_point::min()
                                        : std::chrono::steady_clock::time_point::max();
  }
};

/// What a guard that does not end waits for. Held by the guard itself, since it outlives the test.
struct Gate {
  std::latch open{1};
  std::latch ended{1};
};

CompiledGuard sleeper(const std::shared_ptr<Gate>& gate, std::string id = "slow") {
  return scripted(std::move(id), [gate](const GuardInput&) {
    gate->open.wait();
    gate->ended.count_down();
    return says(Verdict::kAllow);
  });
}

}  // namespace

TEST_CASE("deadline: a policy whose guards are in time decides as without a runner") {
  const auto policy = policy_of(
      guard_list(scripted("warns", [](const GuardInput&) { return says(Verdict::kWarn); })));
  DeadlineRunner runner;
  auto state = std::make_shared<SessionState>();
  auto event = std::make_shared<Event>(call_event());
  const SessionState* const before = state.get();
  for (int i = 0; i < 3; ++i) {
    const Evaluation evaluation = runner.decide(policy, state, event);
    CHECK(decision_json(evaluation.decision) ==
          decision_json(decide(*policy, *state, *event).decision));
  }
  CHECK(state.get() == before);
  CHECK(event->facts.late_guards.empty());
  CHECK(runner.left_running() == 0);
}

TEST_CASE("deadline: a guard past its deadline is answered for by its on_error, and recorded") {
  const auto gate = std::make_shared<Gate>();
  auto guards = guard_list(
      scripted("before", [](const GuardInput&) { return says(Verdict::kWarn); }), sleeper(gate),
      scripted("after", [](const GuardInput&) { return says(Verdict::kAllow); }));
  guards[1].entry.on_error = OnError::kAsk;
  const auto policy = policy_of(std::move(guards));
  const SlowIsLate timer;
  DeadlineRunner runner(&timer);
  auto state = std::make_shared<SessionState>();
  auto event = std::make_shared<Event>(call_event());
  const Evaluation evaluation = runner.decide(policy, state, event);
  // The answer is here, and the guard still sleeps.
  CHECK(runner.left_running() == 1);
  CHECK(evaluation.decision.verdict == Verdict::kAsk);
  CHECK(evaluation.decision.erroring == std::vector<std::string>{"slow"});
  CHECK(evaluation.decision.outcomes.size() == 3);
  CHECK(event->facts.late_guards == std::vector<std::string>{"slow"});
  // What was recorded gives the same decision again, without a thread or a clock.
  CHECK(decision_json(decide(*policy, *state, *event).decision) ==
        decision_json(evaluation.decision));
  gate->open.count_down();
  gate->ended.wait();
}

TEST_CASE("deadline: while a guard of one session sleeps, other sessions are served") {
  const auto gate = std::make_shared<Gate>();
  const auto slow = policy_of(guard_list(sleeper(gate, "sleeps")));
  const auto fast = policy_of(
      guard_list(scripted("warns", [](const GuardInput&) { return says(Verdict::kWarn); })));
  const SlowIsLate timer;
  Verdict slow_verdict = Verdict::kModify;
  std::jthread session([&] {
    DeadlineRunner runner(&timer);
    auto state = std::make_shared<SessionState>();
    auto event = std::make_shared<Event>(call_event());
    slow_verdict = runner.decide(slow, state, event).decision.verdict;
  });
  DeadlineRunner runner(&timer);
  auto state = std::make_shared<SessionState>();
  auto event = std::make_shared<Event>(call_event());
  for (int i = 0; i < 5; ++i) {
    CHECK(runner.decide(fast, state, event).decision.verdict == Verdict::kWarn);
  }
  // Only now may the other session's guard end.
  gate->open.count_down();
  session.join();
  CHECK(slow_verdict == Verdict::kAllow);
}

TEST_CASE("deadline: a guard that never ends costs a bounded number of threads") {
  const auto gate = std::make_shared<Gate>();
  std::latch ended(DeadlineRunner::kMostLeft);
  const auto policy = policy_of(guard_list(scripted("slow", [gate, &ended](const GuardInput&) {
    gate->open.wait();
    ended.count_down();
    return says(Verdict::kAllow);
  })));
  const SlowIsLate timer;
  DeadlineRunner runner(&timer);
  auto state = std::make_shared<SessionState>();
  for (std::size_t i = 0; i < DeadlineRunner::kMostLeft + 4; ++i) {
    auto event = std::make_shared<Event>(call_event());
    CHECK(runner.decide(policy, state, event).decision.verdict == Verdict::kDeny);
    CHECK(event->facts.late_guards == std::vector<std::string>{"slow"});
  }
  CHECK(runner.left_running() == DeadlineRunner::kMostLeft);
  gate->open.count_down();
  ended.wait();
}

TEST_CASE("deadline: a runner that goes does not wait for a guard that sleeps") {
  const auto gate = std::make_shared<Gate>();
  {
    const auto policy = policy_of(guard_list(sleeper(gate)));
    const SlowIsLate timer;
    DeadlineRunner runner(&timer);
    auto state = std::make_shared<SessionState>();
    auto event = std::make_shared<Event>(call_event());
    CHECK(runner.decide(policy, state, event).decision.verdict == Verdict::kDeny);
  }
  // Runner, policy, state and event are gone from here; the guard that sleeps keeps its own.
  gate->open.count_down();
  gate->ended.wait();
}

}  // namespace merlon
