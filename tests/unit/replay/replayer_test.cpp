#include "replay/replayer.h"

#include <string>

#include <doctest/doctest.h>

#include "support/guard_session.h"
#include "support/made_recording.h"
#include "support/memory_files.h"
#include "support/sample_recording.h"

namespace merlon {
namespace {

constexpr std::string_view kLoose = R"(format = 1
name = "loose"
[[guard]]
type = "tool-list"
)";
/// `drop` is denied, `pay` asks.
constexpr std::string_view kTight = R"(format = 1
name = "tight"
[[guard]]
type = "tool-list"
[[tool]]
tool = "drop"
decision = "deny"
[[tool]]
tool = "pay"
decision = "ask"
)";

constexpr std::string_view kTools = R"([{"name":"look","inputSchema":{"type":"object"}},)"
                                    R"({"name":"drop","inputSchema":{"type":"object"}},)"
                                    R"({"name":"pay","inputSchema":{"type":"object"}}])";

/// Sequences: 1 and 2 the list, 3 and 4 `look`, 5 and 6 `drop`, 7 and 8 `look`, 9 and 10 `pay`.
std::string recorded_under(std::string_view policy) {
  test::MadeRecording made(policy);
  made.offer(kTools);
  for (const std::string_view tool : {"look", "drop", "look", "pay"}) {
    made.call(tool);
    made.answer();
  }
  return made.end();
}

struct World {
  World() {
    files.files["loose.toml"] = kLoose;
    files.files["tight.toml"] = kTight;
  }
  [[nodiscard]] PolicySource named(const char* path) const {
    return {rules, Limits(), NamedPolicy{.files = files, .path = path, .system_path = ""}};
  }
  test::MemoryFiles files;
  std::shared_ptr<const CompiledRules> rules{test::GuardSession::built_in_world().rules};
  PolicySource recorded{rules, Limits()};
};

const World& world() {
  static const World one;
  return one;
}

SessionReplay play(const std::string& bytes, ReplayOptions options,
                   const SessionNotes* notes = nullptr) {
  auto source = open_recording(SourceText::copy_of("made.jsonl", bytes));
  REQUIRE_MESSAGE(source.has_value(), (source ? std::string() : render(source.error())));
  return Replayer(options).replay(**source, "made.jsonl", notes);
}

std::vector<std::uint64_t> sequences_of(const SessionReplay& replay) {
  std::vector<std::uint64_t> out;
  for (const ReplayedMessage& message : replay.shown) {
    out.push_back(message.sequence);
  }
  return out;
}

}  // namespace

TEST_CASE("replayer: a recording's own policy comes to the recorded bytes") {
  const SessionReplay replay = play(recorded_under(kTight), {.policy = &world().recorded});
  CHECK(replay.messages == 10);
  CHECK(replay.reproduction.same == 10);
  CHECK(replay.reproduction.different == 0);
  CHECK(!replay.diverged_at);
  CHECK(replay.complete);
  CHECK(!replay.incomplete());
  // The denied call, its answer (to nothing), the asked one and its answer.
  CHECK(sequences_of(replay) == std::vector<std::uint64_t>{5, 6, 9, 10});
}

TEST_CASE("replayer: the same policy by name is held against the recording too") {
  const PolicySource tight = world().named("tight.toml");
  const SessionReplay replay = play(recorded_under(kTight), {.policy = &tight});
  CHECK(replay.reproduction.same == 10);
  CHECK(replay.policy_digest == replay.recorded_digest);
}

TEST_CASE("replayer: a decision that was changed is not reproducible") {
  std::string bytes = recorded_under(kTight);
  const std::string allowed = R"("decision":{"verdict":"allow","would_be":"allow")";
  const std::size_t at = bytes.rfind(allowed);
  REQUIRE(at != std::string::npos);
  bytes.replace(at, allowed.size(), R"("decision":{"verdict":"warn","would_be":"allow")");
  const SessionReplay replay = play(bytes, {.policy = &world().recorded});
  CHECK(replay.reproduction.different == 1);
  CHECK(replay.reproduction.same == 9);
}

TEST_CASE("replayer: another policy's refusal makes the rest counterfactual and its answer void") {
  const PolicySource tight = world().named("tight.toml");
  const SessionReplay replay =
      play(recorded_under(kLoose), {.policy = &tight, .shown = ShownMessages::kAll});
  CHECK(replay.reproduction.compared() == 0);
  REQUIRE(replay.shown.size() == 10);
  CHECK(replay.diverged_at == 5);
  CHECK(replay.shown[4].change == RulingChange::kDenied);
  CHECK(replay.shown[4].path == SessionPath::kTaken);
  CHECK(replay.shown[5].path == SessionPath::kUnreachable);
  CHECK(!replay.shown[5].decided);
  CHECK(replay.shown[5].tool == "drop");
  CHECK(replay.shown[6].path == SessionPath::kCounterfactual);
  CHECK(replay.shown[8].change == RulingChange::kAsked);
  CHECK(replay.shown[9].path == SessionPath::kUnreachable);
  CHECK(replay.unreachable == 2);
  CHECK(replay.messages == 8);
  CHECK(replay.changes.taken == std::array<std::uint64_t, 4>{1, 0, 0, 0});
  CHECK(replay.changes.counterfactual == std::array<std::uint64_t, 4>{0, 1, 0, 0});
  const std::map<ChangeCounts::Key, std::uint64_t> tools{{{RulingChange::kDenied, "drop"}, 1},
                                                         {{RulingChange::kAsked, "pay"}, 1}};
  CHECK(replay.changes.by_tool == tools);
}

TEST_CASE("replayer: two policies are compared with each other, each on its own way") {
  const PolicySource tight = world().named("tight.toml");
  const PolicySource loose = world().named("loose.toml");
  const SessionReplay replay = play(recorded_under(kLoose), {.policy = &tight, .against = &loose});
  CHECK(replay.diverged_at == 5);
  CHECK(!replay.against_diverged_at);
  CHECK(replay.changes.taken == std::array<std::uint64_t, 4>{0, 0, 0, 1});
  CHECK(replay.changes.counterfactual == std::array<std::uint64_t, 4>{0, 0, 0, 1});
  CHECK(replay.against_verdicts[static_cast<std::size_t>(Verdict::kAllow)] == 10);
}

TEST_CASE("replayer: what was recorded as refused has no answer, and is no change of its own") {
  const PolicySource loose = world().named("loose.toml");
  test::MadeRecording made(kTight);
  made.offer(kTools);
  made.call("drop");
  made.call("look");
  made.answer();
  const SessionReplay replay = play(made.end(), {.policy = &loose});
  CHECK(replay.diverged_at == 3);
  CHECK(replay.changes.taken == std::array<std::uint64_t, 4>{0, 0, 0, 1});
  CHECK(replay.changes.counterfactual == std::array<std::uint64_t, 4>{});
}

TEST_CASE("replayer: a broken line stops the session, unless it is to go on") {
  const std::string bytes = test::with_line(recorded_under(kLoose), 4, "{\"type\":");
  const SessionReplay stopped = play(bytes, {.policy = &world().recorded});
  REQUIRE(stopped.errors.size() == 1);
  CHECK(stopped.errors[0].where.line == 4);
  CHECK(stopped.messages == 2);
  const SessionReplay on = play(bytes, {.policy = &world().recorded, .keep_going = true});
  CHECK(on.messages == 9);
  CHECK(on.reproduction.same == 2);
  CHECK(on.reproduction.different == 0);
  CHECK(on.incomplete());
}

TEST_CASE("replayer: expectations hold, and what nobody expected fails") {
  SessionNotes notes;
  notes.policies.push_back({.policy = "tight"});
  auto& messages = notes.policies.back().messages;
  messages.push_back(
      {.sequence = 5, .expected = {.verdict = Verdict::kDeny, .rules = {"tool-entry"}}});
  const PolicySource tight = world().named("tight.toml");
  const SessionReplay replay = play(recorded_under(kLoose), {.policy = &tight}, &notes);
  CHECK(replay.expectations.checked == 2);
  REQUIRE(replay.expectations.failures.size() == 1);
  CHECK(replay.expectations.failures[0].sequence == 9);
  CHECK(replay.expectations.failures[0].text.starts_with("unexpected: ask by `"));
  // For other policies nothing is said.
  const PolicySource loose = world().named("loose.toml");
  CHECK(play(recorded_under(kLoose), {.policy = &loose}, &notes).expectations.checked == 0);
}

TEST_CASE("replayer: a known failure is no failure until it is none") {
  SessionNotes notes;
  notes.policies.push_back({.policy = ""});
  auto& messages = notes.policies.back().messages;
  messages.push_back({.sequence = 3, .expected = {.verdict = Verdict::kDeny}, .todo = "later"});
  messages.push_back({.sequence = 7, .expected = {}, .todo = "holds already"});
  messages.push_back({.sequence = 99, .expected = {}});
  const PolicySource loose = world().named("loose.toml");
  const SessionReplay replay = play(recorded_under(kLoose), {.policy = &loose}, &notes);
  CHECK(replay.expectations.checked == 3);
  CHECK(replay.expectations.todo == 1);
  REQUIRE(replay.expectations.failures.size() == 2);
  CHECK(replay.expectations.failures[0].text == "the expectation holds: take its `todo` out");
  CHECK(replay.expectations.failures[1].text == "the message was not decided");
}

TEST_CASE("replayer: an attack that is held up early is blocked in the best case only") {
  SessionNotes notes;
  notes.label = SessionLabel{.kind = SessionKind::kAttack, .attacker_calls = {9}};
  const PolicySource tight = world().named("tight.toml");
  const SessionReplay early = play(recorded_under(kLoose), {.policy = &tight}, &notes);
  REQUIRE(early.score);
  CHECK((*early.score)[static_cast<std::size_t>(Measure::kAttackBlocked)] == ScoreCount{1, 0, 1});
  CHECK((*early.score)[static_cast<std::size_t>(Measure::kAttackSucceeds)] == ScoreCount{1, 0, 1});
  notes.label->attacker_calls = {5};
  const SessionReplay exact = play(recorded_under(kLoose), {.policy = &tight}, &notes);
  CHECK((*exact.score)[static_cast<std::size_t>(Measure::kAttackBlocked)] == ScoreCount{1, 1, 1});
}

TEST_CASE("replayer: a label in the recording scores it, and one beside it stands above") {
  std::string bytes = recorded_under(kLoose);
  const std::size_t end = bytes.find('\n');
  bytes.insert(end - 1,
               R"(,"label":{"kind":"attack","attacker_calls":[5],"utility":true,"cluster":"x"})");
  const PolicySource tight = world().named("tight.toml");
  const SessionReplay replay = play(bytes, {.policy = &tight});
  REQUIRE(replay.score.has_value());
  CHECK(replay.cluster == "x");
  CHECK((*replay.score)[static_cast<std::size_t>(Measure::kAttackBlocked)] ==
        ScoreCount{.cases = 1, .low = 1, .high = 1});
  SessionNotes notes;
  notes.label = SessionLabel{.kind = SessionKind::kBenign};
  const SessionReplay other = play(bytes, {.policy = &tight}, &notes);
  REQUIRE(other.score.has_value());
  CHECK((*other.score)[static_cast<std::size_t>(Measure::kCleanKept)].cases == 1);
  CHECK(other.cluster == "made.jsonl");
}

TEST_CASE("replayer: coverage lists what never spoke") {
  const PolicySource tight = world().named("tight.toml");
  const SessionReplay replay = play(recorded_under(kLoose), {.policy = &tight});
  const std::map<std::string, std::uint64_t> tools{{"*/drop", 1}, {"*/pay", 1}};
  CHECK(replay.fired.tools == tools);
  CHECK(replay.fired.guards.at("tool-list") == 2);
}

}  // namespace merlon
