/// What holds the product together: the decisions that were made live and those that are made over
/// the full recording are the same bytes, whatever the session, stateful guards, policies that are
/// replaced and messages that wait included.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "guard/secret_masker.h"
#include "mcp/recording_reader.h"
#include "policy/recorded_session.h"
#include "property/session_generator.h"
#include "support/guard_session.h"

namespace merlon {
namespace {

constexpr std::uint32_t kSessions = 36;
/// Pairs of policies; making one takes as long as a session.
constexpr std::uint32_t kPairs = 5;

/// Policies made of what recordings say, each one once.
class RecordedPolicies {
 public:
  Checked<std::shared_ptr<const CompiledPolicy>> operator()(const RecordedEngine& engine) {
    const std::string key = engine.policy.digest + (engine.pins ? *engine.pins : std::string("-"));
    auto& slot = made_[key];
    if (slot == nullptr) {
      auto policy = compile_recorded(engine, world_.rules, {});
      if (!policy) {
        return policy;
      }
      slot = *std::move(policy);
    }
    return slot;
  }

 private:
  GuardWorld world_ = test::GuardSession::built_in_world();
  std::map<std::string, std::shared_ptr<const CompiledPolicy>> made_;
};

/// What live sessions are decided by, and, apart from that, what their recordings are.
struct Engines {
  Engines() {
    for (std::uint32_t pair = 1; pair <= kPairs; ++pair) {
      live.emplace_back(pair, pair % 2 == 0 ? "blue" : "");
    }
  }
  std::vector<test::GeneratedEngines> live;
  RecordedPolicies recorded;
};

Engines& engines() {
  static Engines all;
  return all;
}

RecordingHeader header_of(std::uint32_t seed, const test::GeneratedEngines& pair) {
  RecordingHeader header;
  header.merlon = "test";
  header.time_ms = 1'800'000'000'000;
  header.server = "server";
  header.session = "session-" + std::to_string(seed);
  header.tenant = pair.first().recorded.policy.tenant;
  header.identity = "am\xE9lie";  // no UTF-8
  header.user = "1000";
  header.engine = pair.first().recorded;
  return header;
}

std::unique_ptr<test::RecordedProxy> played(std::uint32_t seed, RecordingOptions options,
                                            test::GeneratedCounts& counts) {
  const test::GeneratedEngines& pair = engines().live[seed % kPairs];
  auto proxy = std::make_unique<test::RecordedProxy>(header_of(seed, pair), pair.first().policy,
                                                     std::move(options));
  test::generate_session(seed, *proxy, pair, counts);
  return proxy;
}

ReplayedRecording replayed(const std::string& bytes) {
  auto reader = RecordingReader::open(SourceText::copy_of("session.jsonl", bytes), {});
  REQUIRE_MESSAGE(reader.has_value(), (reader ? std::string() : render(reader.error())));
  auto out = replay_recording(*reader, std::ref(engines().recorded));
  REQUIRE(out.has_value());
  REQUIRE_MESSAGE(out->errors.empty(),
                  (out->errors.empty() ? std::string() : render(out->errors.front())));
  CHECK(out->complete);
  return *std::move(out);
}

/// Every guard that remembers something, at its threshold; and what else a replay must get right.
void check_reached(const test::GeneratedCounts& counts) {
  for (const char* const rule : {"rate-limit-session",
                                 "rate-limit-tool",
                                 "rate-limit-class",
                                 "rate-limit-server",
                                 "rate-limit-user",
                                 "rate-limit-tenant",
                                 "anomaly-tool-spike",
                                 "anomaly-list-changes",
                                 "anomaly-denials",
                                 "anomaly-repeated-call",
                                 "anomaly-alternating-calls",
                                 "anomaly-error-storm",
                                 "anomaly-argument-size",
                                 "rule-of-two",
                                 "rule-of-two-single",
                                 "scope-calls",
                                 "scope-time",
                                 "scope-reads",
                                 "scope-changes",
                                 "taint-match",
                                 "taint-url",
                                 "taint-uninspected",
                                 "taint-forgotten",
                                 "definition-new",
                                 "definition-changed",
                                 "definition-risk-grew",
                                 "definition-unpinned",
                                 "tool-not-offered",
                                 "protocol-reused-id",
                                 "protocol-progress-token",
                                 "answer-to-nothing",
                                 "request-id-open",
                                 "secret-gitlab-token",
                                 "guard-deadline",
                                 "tenant-required"}) {
    const auto found = counts.rules.find(rule);
    CHECK_MESSAGE(found != counts.rules.end(), "never reached: ", std::string(rule));
  }
  CHECK(counts.events > 2000);
  CHECK(counts.unreadable > 20);
  CHECK(counts.broken_answers > 20);
  CHECK(counts.parked > 50);
  CHECK(counts.parked_reload > 5);
  CHECK(counts.late > 20);
  CHECK(counts.grants > 20);
  CHECK(counts.group > 20);
  CHECK(counts.own > 20);
  CHECK(counts.rewritten > 5);
  CHECK(counts.answered > 100);
  CHECK(counts.out_of_order > 20);
}

}  // namespace

TEST_CASE("recording: replayed decisions are the live ones, byte for byte") {
  test::GeneratedCounts counts;
  for (std::uint32_t seed = 1; seed <= kSessions; ++seed) {
    CAPTURE(seed);
    const auto proxy = played(seed, {.full = true}, counts);
    const ReplayedRecording again = replayed(proxy->recording());
    REQUIRE(again.events.size() == proxy->decisions().size());
    for (std::size_t i = 0; i < again.events.size(); ++i) {
      CAPTURE(i);
      REQUIRE(again.events[i].decision_json == proxy->decisions()[i].decision);
      REQUIRE(again.events[i].sending == proxy->decisions()[i].sending);
      REQUIRE(again.events[i].same_decision);
      REQUIRE(again.events[i].same_sending);
      REQUIRE(again.events[i].reproducible);
    }
  }
  check_reached(counts);
}

TEST_CASE("recording: a redacted one holds no secret, and what it can reproduce is the same") {
  test::GeneratedCounts counts;
  const std::string secret = test::generated_secret();
  std::size_t with_secret = 0;
  for (std::uint32_t seed = 101; seed <= 110; ++seed) {
    CAPTURE(seed);
    const auto full = played(seed, {.full = true}, counts);
    const bool has_secret = full->recording().find(secret) != std::string::npos;
    with_secret += has_secret ? 1U : 0U;
    const auto proxy =
        played(seed, {.masker = make_secret_masker(), .key = std::string(32, 'k')}, counts);
    CHECK(proxy->recording().find(secret) == std::string::npos);
    CHECK((proxy->recording().find("[masked:") != std::string::npos) == has_secret);
    const ReplayedRecording again = replayed(proxy->recording());
    REQUIRE(again.events.size() == proxy->decisions().size());
    std::size_t reproducible = 0;
    for (const ReplayedEvent& event : again.events) {
      reproducible += event.reproducible ? 1U : 0U;
      CHECK((!event.reproducible || (event.same_decision && event.same_sending)));
    }
    CHECK((reproducible == again.events.size()) == !has_secret);
  }
  CHECK(with_secret > 2);
  CHECK(with_secret < 10);
}

}  // namespace merlon
