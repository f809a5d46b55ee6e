#include "policy/recorded_session.h"

#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "policy/decision_codec.h"
#include "support/memory_sink.h"
#include "support/scripted_guard.h"

namespace merlon {
namespace {

using test::guard_list;
using test::policy_of;
using test::says;
using test::scripted;

constexpr const char* kFirstCall =
    R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}})";
constexpr const char* kSecondCall =
    R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"b"}})";

/// Denies every call after the first `most`.
std::shared_ptr<const CompiledPolicy> counting_policy(std::uint64_t most) {
  return policy_of(guard_list(scripted("count", [most](const GuardInput& input) {
    return says(input.state.calls >= most ? Verdict::kDeny : Verdict::kAllow);
  })));
}

class Recorder {
 public:
  explicit Recorder(std::shared_ptr<const CompiledPolicy> policy)
      : writer(std::make_unique<test::MemorySink>(bytes), {.full = true}),
        interceptor(std::move(policy), {}) {
    RecordingHeader header;
    header.engine.policy.files = {{"p.toml", "", {}}};
    REQUIRE(writer.begin(header).has_value());
  }

  Interception finish(Received& received) {
    const Interception what = interceptor.finish(received);
    REQUIRE(writer
                .event(*received.event, decision_json(received.evaluation.decision),
                       recorded_sending(what))
                .has_value());
    return what;
  }
  Interception send(const std::string& line) {
    Received received = interceptor.receive(line, Direction::kToServer, 5);
    return finish(received);
  }
  ReplayedRecording replay(const RecordedPolicyMaker& make) {
    auto reader = RecordingReader::open(SourceText::copy_of("s.jsonl", bytes), {});
    REQUIRE(reader.has_value());
    auto out = replay_recording(*reader, make);
    REQUIRE(out.has_value());
    return *std::move(out);
  }

  std::string bytes;
  RecordingWriter writer;
  Interceptor interceptor;
};

RecordedPolicyMaker same_for_all(std::shared_ptr<const CompiledPolicy> policy) {
  return [policy](const RecordedEngine&) -> Checked<std::shared_ptr<const CompiledPolicy>> {
    return policy;
  };
}

}  // namespace

TEST_CASE("recorded session: the same policy decides the same, another one what it thinks") {
  Recorder live(counting_policy(1));
  CHECK(live.send(kFirstCall).action == Action::kForward);
  CHECK(live.send(kSecondCall).action == Action::kAnswer);
  const ReplayedRecording same = live.replay(same_for_all(counting_policy(1)));
  REQUIRE(same.events.size() == 2);
  for (const ReplayedEvent& event : same.events) {
    CHECK(event.same_decision);
    CHECK(event.same_sending);
    CHECK(event.reproducible);
  }
  const ReplayedRecording other = live.replay(same_for_all(counting_policy(0)));
  CHECK_FALSE(other.events[0].same_decision);
  CHECK_FALSE(other.events[0].same_sending);
  CHECK(other.events[0].decision.verdict == Verdict::kDeny);
  CHECK(other.events[1].sequence == 2);
}

TEST_CASE(
    "interceptor: a message that waits while the policy is replaced is judged by the new one") {
  Recorder live(counting_policy(9));
  Received waiting = live.interceptor.receive(kFirstCall, Direction::kToServer, 5);
  CHECK(waiting.evaluation.decision.verdict == Verdict::kAllow);
  live.interceptor.use(counting_policy(0));
  RecordedReload reload;
  reload.engine.policy.files = {{"q.toml", "", {}}};
  REQUIRE(live.writer.reload(reload).has_value());
  CHECK(live.finish(waiting).action == Action::kAnswer);
  const ReplayedRecording again = live.replay(
      [](const RecordedEngine& engine) -> Checked<std::shared_ptr<const CompiledPolicy>> {
        return counting_policy(engine.policy.files[0].name == "p.toml" ? 9 : 0);
      });
  REQUIRE(again.events.size() == 1);
  CHECK(again.events[0].same_decision);
}

TEST_CASE("recorded session: events happen in the order of the recording, not of their times") {
  Recorder live(counting_policy(1));
  Received first = live.interceptor.receive(kFirstCall, Direction::kToServer, 5);
  Received second = live.interceptor.receive(kSecondCall, Direction::kToServer, 6);
  CHECK(live.finish(second).action == Action::kForward);
  CHECK(live.finish(first).action == Action::kAnswer);
  const ReplayedRecording again = live.replay(same_for_all(counting_policy(1)));
  REQUIRE(again.events.size() == 2);
  CHECK(again.events[0].same_decision);
  CHECK(again.events[1].same_decision);
}

TEST_CASE("recorded session: after a line that is lost nothing is proved") {
  Recorder live(counting_policy(1));
  (void)live.send(kFirstCall);
  (void)live.send(kSecondCall);
  const std::size_t first = live.bytes.find('\n') + 1;
  live.bytes.replace(first, 1, "[");
  const ReplayedRecording again = live.replay(same_for_all(counting_policy(1)));
  CHECK(again.errors.size() == 1);
  REQUIRE(again.events.size() == 1);
  CHECK_FALSE(again.events[0].same_decision);
  CHECK_FALSE(again.events[0].reproducible);
  CHECK_FALSE(again.complete);
}

TEST_CASE("recorded session: an unreadable line is answered again; without its bytes as recorded") {
  Recorder live(counting_policy(9));
  const Received received = live.interceptor.receive("{\"id\":7,", Direction::kToServer, 5);
  REQUIRE_FALSE(received.event.has_value());
  RecordedUnreadable line;
  line.bytes = "{\"id\":7,";
  line.refusal = received.problem;
  const RecordedSendingView sending = recorded_sending(received.refusal);
  line.sending = {sending.action, sending.to, std::string(sending.bytes)};
  REQUIRE(live.writer.unreadable(line).has_value());
  line.bytes.reset();
  line.size = 99;
  REQUIRE(live.writer.unreadable(line).has_value());
  const ReplayedRecording again = live.replay(same_for_all(counting_policy(9)));
  REQUIRE(again.events.size() == 2);
  CHECK(again.events[0].sending == received.refusal);
  CHECK(again.events[0].reproducible);
  CHECK(again.events[1].sending == received.refusal);
  CHECK_FALSE(again.events[1].reproducible);
}

TEST_CASE("recorded session: a broken answer closes its request again, without its bytes as well") {
  for (const bool whole : {true, false}) {
    Recorder live(counting_policy(9));
    const std::string ping = R"({"jsonrpc":"2.0","id":7,"method":"ping"})";
    (void)live.send(ping);
    const std::string broken = R"({"jsonrpc":"2.0","id":7,"result":{},"result":{}})";
    Received answer = live.interceptor.receive(broken, Direction::kToClient, 6);
    const Interception refusal = live.interceptor.finish(answer);
    const RecordedSendingView sending = recorded_sending(refusal);
    REQUIRE(sending.action == RecordedAction::kAnswer);
    RecordedUnreadable line;
    line.direction = Direction::kToClient;
    line.size = broken.size();
    line.bytes = whole ? std::optional(broken) : std::nullopt;
    line.refusal = answer.problem;
    line.sending = {sending.action, sending.to, std::string(sending.bytes)};
    REQUIRE(live.writer.unreadable(line).has_value());
    // The same id again would be a violation, were the first request still open.
    CHECK(live.send(ping).action == Action::kForward);
    const ReplayedRecording again = live.replay(same_for_all(counting_policy(9)));
    REQUIRE(again.events.size() == 3);
    CHECK(again.events[1].same_sending);
    CHECK(again.events[2].same_decision);
    CHECK(again.events[2].reproducible);
  }
}

TEST_CASE("recorded session: bytes that are a message after all are a difference") {
  Recorder live(counting_policy(9));
  RecordedUnreadable line;
  line.bytes = kFirstCall;
  line.refusal = make_error(ErrorCode::kSyntax, "so it was said");
  REQUIRE(live.writer.unreadable(line).has_value());
  const ReplayedRecording again = live.replay(same_for_all(counting_policy(9)));
  REQUIRE(again.events.size() == 1);
  CHECK_FALSE(again.events[0].same_decision);
  CHECK(again.events[0].reproducible);
}

TEST_CASE("recorded session: a policy that cannot be made ends the replay with its problems") {
  Recorder live(counting_policy(9));
  auto reader = RecordingReader::open(SourceText::copy_of("s.jsonl", live.bytes), {});
  REQUIRE(reader.has_value());
  const auto out = replay_recording(
      *reader, [](const RecordedEngine&) -> Checked<std::shared_ptr<const CompiledPolicy>> {
        return std::unexpected(std::vector<Error>{make_error(ErrorCode::kBadPolicy, "no")});
      });
  REQUIRE_FALSE(out.has_value());
  CHECK(out.error()[0].message == "no");
}

}  // namespace merlon
