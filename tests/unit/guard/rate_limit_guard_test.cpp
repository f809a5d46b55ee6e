#include <deque>
#include <random>

#include <doctest/doctest.h>

#include "guard/sliding_window.h"
#include "policy/compiled_policy.h"
#include "policy/policy_loader.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

using test::GuardSession;

constexpr std::string_view kRateTools = R"([
  {"name":"get_a","inputSchema":{"type":"object"}},
  {"name":"get_b","inputSchema":{"type":"object"}},
  {"name":"update_a","inputSchema":{"type":"object"}},
  {"name":"delete_a","inputSchema":{"type":"object"}}])";

std::string rate_policy(std::string_view config) {
  return R"(format = 1
name = "rates"
[[guard]]
type = "rate-limit"
)" + std::string(config);
}

std::vector<std::string> rate_policy_errors(std::string_view config) {
  auto policy = parse_policy(SourceText::copy_of("policy.toml", rate_policy(config)), {});
  REQUIRE(policy.has_value());
  const auto compiled = compile_policy(*std::move(policy), {});
  std::vector<std::string> out;
  for (const Error& error : compiled ? std::vector<Error>{} : compiled.error()) {
    out.push_back(std::to_string(error.where.line) + ": " + error.message);
  }
  return out;
}

const Reason& reason_of(const Decision& decision) {
  const auto reasons = determining_reasons(decision);
  REQUIRE_FALSE(reasons.empty());
  return *reasons.front();
}

/// The plainest way to say it: every time that was counted is kept.
struct NaiveWindow {
  WindowLimit limit;
  std::vector<std::int64_t> times;

  [[nodiscard]] std::size_t counting(std::int64_t now) const {
    std::size_t count = 0;
    for (const std::int64_t time : times) {
      count += time + limit.window_ms > now ? 1U : 0U;
    }
    return count;
  }
  [[nodiscard]] std::optional<std::uint64_t> wait(std::int64_t now) const {
    std::uint64_t seconds = 0;
    while (counting(now + static_cast<std::int64_t>(seconds) * 1000) >= limit.max) {
      ++seconds;
    }
    return seconds == 0 ? std::nullopt : std::optional(seconds);
  }
};

}  // namespace

TEST_CASE("sliding window: agrees with a plain model over random sequences of events") {
  std::mt19937_64 random(20261121);
  for (int run = 0; run < 300; ++run) {
    const WindowLimit limit{.max = 1 + (random() % 6),
                            .window_ms = 1000 * static_cast<std::int64_t>(1 + (random() % 9))};
    NaiveWindow model{.limit = limit, .times = {}};
    std::vector<std::int64_t> times;
    std::int64_t now = 1'000'000;
    for (int step = 0; step < 60; ++step) {
      now += static_cast<std::int64_t>(random() % 2500);
      const auto expected = model.wait(now);
      REQUIRE(wait_for_room(times, limit, now) == expected);
      if (!expected) {
        model.times.push_back(now);
        count_event(times, limit, now);
        REQUIRE(times.size() <= limit.max);
      }
    }
  }
}

TEST_CASE("rate limit: the call at the limit passes, one more waits exactly as long as it must") {
  GuardSession session(rate_policy("[[guard.config.limit]]\nmax = 2\nwindow = 10\n"));
  session.offer(kRateTools);
  const std::int64_t start = session.now_ms;
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
  session.now_ms = start + 4'000;
  CHECK(session.call("get_b").verdict == Verdict::kAllow);
  session.now_ms = start + 4'001;
  const Decision denied = session.call("get_a");
  CHECK(denied.verdict == Verdict::kDeny);
  Reason expected;
  expected.code = DenialCode::kRateLimitExceeded;
  expected.rule_id = "rate-limit-session";
  expected.severity = Severity::kMedium;
  expected.message = "more than 2 in 10 seconds are not allowed";
  expected.remedy = "wait, or make fewer of these calls";
  expected.retry_after_seconds = 6;
  CHECK(reason_of(denied) == expected);
  session.now_ms = start + 9'999;
  CHECK(reason_of(session.call("get_a")).retry_after_seconds == 1);
  session.now_ms = start + 10'000;
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
  CHECK(session.call("get_a").verdict == Verdict::kDeny);
}

TEST_CASE("rate limit: calls are counted when they are decided, not when they are answered") {
  GuardSession session(rate_policy("[[guard.config.limit]]\nmax = 1\nwindow = 10\n"));
  session.offer(kRateTools);
  CHECK(session.call("get_a").verdict == Verdict::kAllow);  // not answered yet
  CHECK(session.call("get_b").verdict == Verdict::kDeny);
}

TEST_CASE("rate limit: what is asked about or denied is not counted, an approved call is") {
  GuardSession session(rate_policy(R"([[guard.config.limit]]
max = 1
window = 10
[[guard]]
type = "tool-list"
[[tool]]
tool = "delete_a"
decision = "ask"
)"));
  session.offer(kRateTools);
  CHECK(session.call("delete_a").verdict == Verdict::kAsk);
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
  CHECK(session.call("get_a").verdict == Verdict::kDeny);
  CHECK(session.state.memory.at("rate-limit").series.at("0:session").size() == 1);
}

TEST_CASE("rate limit: tools, classes, users and tenants have counters of their own") {
  GuardSession session(rate_policy(R"([[guard.config.limit]]
scope = "tool"
tool = "get_*"
max = 1
window = 10
[[guard.config.limit]]
class = "deletion"
max = 1
window = 20
[[guard.config.limit]]
scope = "user"
class = "write"
max = 1
window = 30
)"));
  session.offer(kRateTools);
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
  CHECK(session.call("get_b").verdict == Verdict::kAllow);
  CHECK(reason_of(session.call("get_a")).rule_id == "rate-limit-tool");
  CHECK(session.call("delete_a").verdict == Verdict::kAllow);
  CHECK(reason_of(session.call("delete_a")).retry_after_seconds == 20);
  session.state.user = "alice";
  CHECK(session.call("update_a").verdict == Verdict::kAllow);
  CHECK(reason_of(session.call("update_a")).rule_id == "rate-limit-user");
  session.state.user = "bob";
  CHECK(session.call("update_a").verdict == Verdict::kAllow);
}

TEST_CASE("rate limit: rates of a tool entry count its tools together; the longest wait is told") {
  GuardSession session(rate_policy(R"([[tool]]
tool = "get_*"
[[tool.rate]]
max = 2
per_seconds = 10
[[tool.rate]]
max = 2
per_seconds = 100
)"));
  session.offer(kRateTools);
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
  CHECK(session.call("get_b").verdict == Verdict::kAllow);
  CHECK(reason_of(session.call("get_a")).retry_after_seconds == 100);
  CHECK(session.call("update_a").verdict == Verdict::kAllow);
}

TEST_CASE("rate limit: other methods are limited in both directions") {
  GuardSession session(
      rate_policy("[[guard.config.limit]]\nmethod = \"sampling/*\"\nmax = 1\nwindow = 10\n"));
  const auto sample = [&session](std::string_view id) {
    return session.send(Direction::kToClient,
                        R"({"jsonrpc":"2.0","method":"sampling/createMessage","params":{},"id":)" +
                            std::string(id) + "}");
  };
  CHECK(sample("1").verdict == Verdict::kAllow);
  CHECK(sample("2").verdict == Verdict::kDeny);
  session.offer(kRateTools);
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
}

TEST_CASE("rate limit: counters are bounded, and the one used longest ago goes first") {
  GuardSession session(rate_policy(
      "[guard.config]\nmost_keys = 16\n[[guard.config.limit]]\nscope = \"tool\"\nmax = 1\nwindow = "
      "1000\n"));
  for (int i = 0; i < 40; ++i) {
    session.now_ms += 1;
    CHECK(session.call("tool_" + std::to_string(i)).verdict == Verdict::kAllow);
    CHECK(session.state.memory.at("rate-limit").series.size() <= 16);
  }
  CHECK(session.call("tool_39").verdict == Verdict::kDeny);
  CHECK(session.call("tool_0").verdict == Verdict::kAllow);
}

TEST_CASE("rate limit: a clock that is set back does not free a limit") {
  GuardSession session(rate_policy("[[guard.config.limit]]\nmax = 1\nwindow = 10\n"));
  session.offer(kRateTools);
  CHECK(session.call("get_a").verdict == Verdict::kAllow);
  session.now_ms -= 60'000;
  CHECK(reason_of(session.call("get_a")).retry_after_seconds == 70);
}

TEST_CASE("rate limit: wrong settings are errors with their places") {
  CHECK(rate_policy_errors(R"([[guard.config.limit]]
max = 0
window = 10
[[guard.config.limit]]
max = 5
[[guard.config.limit]]
class = "write"
method = "prompts/*"
max = 5
window = 5
[[tool]]
tool = "a"
[[tool.rate]]
max = 5
seconds = 5
)") == std::vector<std::string>{
           "6: `max` must be a whole number from 1 to 10000", "8: a limit has no `window`",
           "12: a limit of tools or classes counts `tools/call` only",
           "17: a rate has no `per_seconds`", "19: unknown key `seconds` in `[[tool.rate]]`"});
}

}  // namespace merlon
