#include "policy/deadline_watch.h"

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
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

/// What a guard that does not end waits for. Held by the guard itself, since it outlives the test.
struct Gate {
  std::latch open{1};
  std::latch ended{1};
};

CompiledGuard sleeper(const std::shared_ptr<Gate>& gate, std::string id = "slow") {
  CompiledGuard guard = scripted(std::move(id), [gate](const GuardInput&) {
    gate->open.wait();
    gate->ended.count_down();
    return says(Verdict::kAllow);
  });
  guard.entry.timeout_ms = 1;
  return guard;
}

/// A session that a thread serves until it is late.
struct Served {
  std::shared_ptr<const CompiledPolicy> policy;
  SessionState state;
  Event event{call_event()};
  std::optional<Evaluation> evaluation;
};

}  // namespace

TEST_CASE("deadline: guards that are in time decide as without a watch") {
  const auto policy = policy_of(
      guard_list(scripted("warns", [](const GuardInput&) { return says(Verdict::kWarn); })));
  DeadlineWatch watch;
  const SessionState state;
  const Event event = call_event();
  for (int i = 0; i < 3; ++i) {
    const auto evaluation = watch.decide(*policy, state, event);
    REQUIRE(evaluation);
    CHECK(decision_json(evaluation->decision) ==
          decision_json(decide(*policy, state, event).decision));
  }
  watch.stop();
  CHECK(watch.wait_for_late() == std::nullopt);
}

TEST_CASE("deadline: past it the session goes on elsewhere, and the guard's on_error answers") {
  const auto gate = std::make_shared<Gate>();
  auto guards = guard_list(
      scripted("before", [](const GuardInput&) { return says(Verdict::kWarn); }), sleeper(gate),
      scripted("after", [](const GuardInput&) { return says(Verdict::kAllow); }));
  guards[1].entry.on_error = OnError::kAsk;
  const auto served = std::make_shared<Served>();
  served->policy = policy_of(std::move(guards));
  const auto watch = std::make_shared<DeadlineWatch>();
  std::jthread serving([served, watch] {
    served->evaluation = watch->decide(*served->policy, served->state, served->event);
  });
  const auto late = watch->wait_for_late();
  REQUIRE(late == std::optional<std::size_t>(1));
  // The guard still sleeps; the message is decided without it.
  Event event = served->event;
  event.facts.late_guards.push_back(served->policy->guards()[*late].entry.id);
  const auto evaluation = watch->decide(*served->policy, SessionState(), event);
  REQUIRE(evaluation);
  CHECK(evaluation->decision.verdict == Verdict::kAsk);
  CHECK(evaluation->decision.erroring == std::vector<std::string>{"slow"});
  CHECK(evaluation->decision.outcomes.size() == 3);
  // What was recorded gives the same decision again, without a thread or a clock.
  CHECK(decision_json(decide(*served->policy, SessionState(), event).decision) ==
        decision_json(evaluation->decision));
  gate->open.count_down();
  serving.join();
  // Whoever was late has nothing to say.
  CHECK_FALSE(served->evaluation.has_value());
}

TEST_CASE("deadline: a watch that has slept notices the next late guard") {
  const auto gate = std::make_shared<Gate>();
  const auto fast = policy_of(
      guard_list(scripted("warns", [](const GuardInput&) { return says(Verdict::kWarn); })));
  const auto slow = policy_of(guard_list(sleeper(gate)));
  DeadlineWatch watch;
  std::optional<std::size_t> late;
  std::jthread watching([&] { late = watch.wait_for_late(); });
  const SessionState state;
  const Event event = call_event();
  for (int i = 0; i < 100; ++i) {
    CHECK(watch.decide(*fast, state, event).has_value());
  }
  std::jthread serving([&] { CHECK_FALSE(watch.decide(*slow, state, event).has_value()); });
  watching.join();
  CHECK(late == std::optional<std::size_t>(0));
  gate->open.count_down();
}

TEST_CASE("deadline: time without a processor does not count") {
  static std::shared_ptr<Gate> gate;
  static std::atomic<int> asked;
  gate = std::make_shared<Gate>();
  asked = 0;
  // Nothing when the guard is seen first; later, all the time and more. Then the guard may end.
  DeadlineWatch watch([](int) {
    if (asked.fetch_add(1) == 0) {
      return std::chrono::nanoseconds(0);
    }
    if (asked.load() == 2) {
      gate->open.count_down();
    }
    return std::chrono::nanoseconds(std::chrono::hours(1));
  });
  const auto policy = policy_of(guard_list(sleeper(gate)));
  std::jthread watching([&] { CHECK(watch.wait_for_late() == std::nullopt); });
  const auto evaluation = watch.decide(*policy, SessionState(), call_event());
  watch.stop();
  watching.join();
  REQUIRE(evaluation);
  CHECK(evaluation->decision.verdict == Verdict::kAllow);
  CHECK(asked.load() >= 2);
}

TEST_CASE("deadline: a guard that never gets a processor is late all the same") {
  const auto gate = std::make_shared<Gate>();
  DeadlineWatch watch([](int) {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch());
  });
  const auto policy = policy_of(guard_list(sleeper(gate)));
  std::jthread serving(
      [&] { CHECK_FALSE(watch.decide(*policy, SessionState(), call_event()).has_value()); });
  CHECK(watch.wait_for_late() == std::optional<std::size_t>(0));
  gate->open.count_down();
}

TEST_CASE("deadline: who is asked to go on no further is not run to the end") {
  class Stop final : public EvaluationProgress {
   public:
    bool guard_starts(std::size_t index) override { return index == 0; }
  };
  bool ran = false;
  const auto policy = policy_of(
      guard_list(scripted("first", [](const GuardInput&) { return says(Verdict::kAllow); }),
                 scripted("second", [&ran](const GuardInput&) {
                   ran = true;
                   return says(Verdict::kAllow);
                 })));
  Stop stop;
  (void)decide(*policy, SessionState(), call_event(), &stop);
  CHECK_FALSE(ran);
}

}  // namespace merlon
