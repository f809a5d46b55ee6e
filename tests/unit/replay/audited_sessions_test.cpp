#include "replay/audited_sessions.h"

#include <string>

#include <doctest/doctest.h>

#include "replay/replay_summary.h"
#include "support/audit_places.h"

namespace merlon {
namespace {

constexpr std::string_view kDenied =
    R"(,"awaits":false,"session":"s1","event":7,"origin":"peer","direction":"to-server",)"
    R"("phase":"tool-invoke","action":"tools/call","resource_type":"tool","resource_id":"drop",)"
    R"("outcome":"answer","verdict":"deny","would_be":"deny","guards":["tool-list"],"erroring":[],)"
    R"("rules":["tool-denied"],"details":["no such thing"],)"
    R"("state":{"legs":1,"calls":3,"denials":0})";
constexpr std::string_view kAllowed =
    R"(,"awaits":true,"session":"s2","event":3,"origin":"peer","direction":"to-server",)"
    R"("action":"tools/call","resource_type":"tool","resource_id":"look","outcome":"forward",)"
    R"("verdict":"allow","would_be":"allow","guards":[],"rules":[],"details":[])";

struct AuditedLog {
  test::AuditBench bench;

  AuditedLog() {
    auto writer = bench.open().value();
    const auto put = [&](std::string_view type, std::string_view members) {
      REQUIRE(writer->append(type, members, AuditSync::kSoon).has_value());
    };
    put("session-start", R"(,"session":"s1","server":"files","policy":"ab12")");
    put("decision", kDenied);
    put("session-start", R"(,"session":"s2")");
    put("decision", kAllowed);
    put("outcome", R"(,"session":"s2","event":4,"of":4,"outcome":"result")");
    put("unreadable", R"(,"session":"s1","direction":"to-server","size":3)");
    put("session-end", R"(,"session":"s1","reason":"client-closed")");
    REQUIRE(writer->seal().has_value());
  }
  [[nodiscard]] std::vector<SessionReplay> read(ShownMessages shown) const {
    const auto log = load_audit_log(bench.folder());
    return read_audited_sessions(log.value().view(), bench.verify(), "audit", shown);
  }
};

TEST_CASE("audited sessions: what the log holds is there, and nothing is decided again") {
  const AuditedLog log;
  const std::vector<SessionReplay> sessions = log.read(ShownMessages::kNotable);
  REQUIRE(sessions.size() == 2);
  const SessionReplay& first = sessions[0];
  CHECK(first.format == "audit-log");
  CHECK(first.session == "s1");
  CHECK(first.server == "files");
  CHECK(first.recorded_digest == "ab12");
  CHECK(first.complete);
  CHECK(first.messages == 0);
  CHECK(first.reproduction.compared() == 0);
  CHECK(first.incomplete());
  REQUIRE(first.audited.has_value());
  CHECK(first.audited->verdict == "SEALED");
  CHECK(first.audited->key_source == "pinned");
  CHECK(first.audited->decisions == 1);
  CHECK(first.audited->unreadable == 1);
  CHECK(first.audited->rules == std::map<std::string, std::uint64_t>{{"tool-denied", 1}});
  CHECK(first.audited->tools == std::map<std::string, std::uint64_t>{{"drop", 1}});
  REQUIRE(first.shown.size() == 1);
  const ReplayedMessage& denied = first.shown[0];
  CHECK(denied.sequence == 7);
  CHECK(denied.tool == "drop");
  CHECK_FALSE(denied.decided.has_value());
  CHECK(denied.recorded == Ruling{.verdict = Verdict::kDeny,
                                  .would_be = Verdict::kDeny,
                                  .action = RecordedAction::kAnswer,
                                  .guards = {"tool-list"},
                                  .rules = {"tool-denied"}});
  CHECK(denied.state == StateSnapshot{.sequence = 7, .legs = 1, .calls = 3, .denials = 0});
  CHECK_FALSE(sessions[1].complete);
  CHECK(sessions[1].shown.empty());
  CHECK(sessions[1].audited->outcomes == 1);
}

TEST_CASE("audited sessions: the answer of a replay is that nothing could be told") {
  const AuditedLog log;
  ReplaySummary summary;
  for (const SessionReplay& session : log.read(ShownMessages::kNone)) {
    summary.add(session);
  }
  CHECK(summary.audited == 2);
  CHECK(answer_of(summary, {}) == ReplayAnswer::kIncomplete);
  SessionReplay tampered;
  tampered.tampered = true;
  summary.add(tampered);
  CHECK(answer_of(summary, {}) == ReplayAnswer::kNo);
}

TEST_CASE("audited sessions: a log of nobody's sessions is one session without decisions") {
  const test::AuditBench bench;
  {
    REQUIRE(bench.open().value()->seal().has_value());
  }
  const auto log = load_audit_log(bench.folder());
  AuditReport report = bench.verify();
  report.key_source = AuditKeySource::kNobody;
  const auto sessions =
      read_audited_sessions(log.value().view(), report, "audit", ShownMessages::kAll);
  REQUIRE(sessions.size() == 1);
  CHECK(sessions[0].audited->decisions == 0);
  CHECK(sessions[0].cannot_tell.back().find("no trusted key") != std::string::npos);
}

}  // namespace
}  // namespace merlon
