#include "audit/audit_writer.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "audit/audit_line.h"
#include "audit/session_audit.h"
#include "base/digest/digest.h"
#include "base/text.h"
#include "support/audit_places.h"

using namespace merlon;
using merlon::test::AuditBench;

namespace {

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void append_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app) << bytes;
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777U;
}

std::vector<std::string> types_of(const std::string& log) {
  std::vector<std::string> types;
  for (const std::string_view line : split(log, '\n')) {
    if (const auto head = parse_audit_head(line)) {
      types.emplace_back(head->type);
    }
  }
  return types;
}

}  // namespace

TEST_CASE("audit line: a head is read back as it was written, and nothing else is one") {
  std::string line;
  append_audit_head(line, {.seq = 7, .time_ms = 1'800'000'000'123, .type = "seal"});
  CHECK(line == R"({"seq":7,"time":"2027-01-15T08:00:00.123Z","type":"seal")");
  const std::string whole = line + "}";  // the head looks into it
  const auto head = parse_audit_head(whole);
  REQUIRE(head.has_value());
  CHECK(head->seq == 7);
  CHECK(head->time == "2027-01-15T08:00:00.123Z");
  CHECK(head->type == "seal");
  for (const std::string& other :
       {std::string("{}"),
        std::string(R"({"seq":07,"time":"2027-01-15T08:00:00.123Z","type":"a"})"),
        std::string(R"({"seq":7,"time":"2027-01-15 08:00:00.123Z","type":"a"})"),
        std::string(R"({"seq":7,"time":"2027-01-15T08:00:00.123Z","type":""})"),
        std::string(R"({"seq":18446744073709551616,"time":"2027-01-15T08:00:00.123Z","type":"a"})"),
        line.substr(0, 30), line}) {
    CAPTURE(other);
    CHECK_FALSE(parse_audit_head(other).has_value());
  }
}

TEST_CASE("audit writer: a sealed log is SEALED under its pin, with private modes") {
  const AuditBench bench;
  write_sample_log(bench, 300);
  const AuditReport report = bench.verify();
  CHECK(report.message == "604 records, all covered by the checkpoint");
  CHECK(report.verdict == AuditVerdict::kSealed);
  CHECK(report.key_source == AuditKeySource::kPinned);
  CHECK(report.records == 604);
  CHECK(report.sessions == 1);
  CHECK(report.unpaired == 0);
  CHECK(report.notes.empty());
  CHECK(mode_of(bench.folder()) == 0700);
  CHECK(mode_of(bench.folder() + "/log.jsonl") == 0600);
  CHECK(mode_of(bench.folder() + "/checkpoint") == 0600);
  CHECK(mode_of(bench.folder() + "/tile/0/000") == 0600);
  CHECK(mode_of(bench.state()) == 0700);
}

TEST_CASE("audit writer: a log that is gone on with changes its epoch and stays whole") {
  const AuditBench bench;
  write_sample_log(bench, 3);
  write_sample_log(bench, 2);
  write_sample_log(bench, 300);
  const AuditReport report = bench.verify();
  CHECK(report.message == "624 records, all covered by the checkpoint");
  CHECK(report.verdict == AuditVerdict::kSealed);
  CHECK(report.epochs == 3);
  CHECK(report.sessions == 3);
}

TEST_CASE("audit writer: without a seal the log is OPEN; a torn line is cut and told") {
  const AuditBench bench;
  {
    auto writer = bench.open().value();
    REQUIRE(writer->append("session-start", ",\"session\":\"a\"", AuditSync::kNow).has_value());
  }
  CHECK(bench.verify().verdict == AuditVerdict::kOpen);
  CHECK(bench.verify().message ==
        "2 records, the last 1 not covered by the checkpoint yet; no seal at the end");
  append_bytes(bench.folder() + "/log.jsonl", "{\"seq\":2,\"ti");
  CHECK(bench.verify().verdict == AuditVerdict::kTorn);
  {
    auto writer = bench.open().value();
    REQUIRE(writer->seal().has_value());
  }
  CHECK(bench.verify().verdict == AuditVerdict::kSealed);
  const std::string log = slurp(bench.folder() + "/log.jsonl");
  CHECK(types_of(log) == std::vector<std::string>{"log", "session-start", "recovered", "epoch",
                                                  "heartbeat", "seal"});
  CHECK(log.find(R"("type":"recovered","bytes":12,"digest":")" + sha256_hex("{\"seq\":2,\"ti") +
                 "\"") != std::string::npos);
}

TEST_CASE("audit writer: what is not as it was left is not gone on with") {
  const AuditBench bench;
  write_sample_log(bench, 3);
  const std::string log = bench.folder() + "/log.jsonl";
  const std::string kept = slurp(log);
  SUBCASE("shorter than its checkpoint") {
    std::filesystem::resize_file(log, kept.size() - 1);
    CHECK(bench.open().error().message.starts_with("the audit log is not as it was left"));
  }
  SUBCASE("the folder was emptied") {
    std::filesystem::remove_all(bench.folder());
    CHECK(bench.open().error().message ==
          "the audit log is not as it was left: its folder is empty");
  }
  SUBCASE("the checkpoint is gone") {
    std::filesystem::remove(bench.folder() + "/checkpoint");
    CHECK(bench.open().error().message ==
          "the audit log is not as it was left: its checkpoint cannot be read");
  }
  SUBCASE("its keys are not here") {
    std::filesystem::remove_all(bench.state());
    CHECK(bench.open().error().code == ErrorCode::kBadConfig);
  }
  SUBCASE("tiles that are lost are made again") {
    std::filesystem::remove_all(bench.folder() + "/tile");
    auto writer = bench.open().value();
    REQUIRE(writer->seal().has_value());
    CHECK(bench.verify().verdict == AuditVerdict::kSealed);
    CHECK(bench.verify().notes.empty());
  }
}

TEST_CASE("audit writer: one writer, a private folder, lines within the limit") {
  const AuditBench bench;
  {
    auto writer = bench.open().value();
    CHECK(bench.open().error().code == ErrorCode::kBadConfig);
    CHECK(bench.verify().being_written);
    const auto head = std::string_view(R"({"seq":1,"time":"2027-01-15T08:00:00.123Z","type":"x"})");
    CHECK(
        writer->append("x", std::string(65'535 - head.size(), ' '), AuditSync::kSoon).has_value());
    CHECK(writer->append("x", std::string(65'536 - head.size(), ' '), AuditSync::kSoon)
              .error()
              .code == ErrorCode::kLimit);
    REQUIRE(writer->seal().has_value());
    CHECK(writer->append("x", "", AuditSync::kSoon).error().code == ErrorCode::kInternal);
  }
  CHECK(bench.verify().verdict == AuditVerdict::kSealed);
  std::filesystem::permissions(bench.folder(), std::filesystem::perms(0755));
  CHECK(bench.open().error().code == ErrorCode::kBadConfig);
}

TEST_CASE("audit writer: segments close, and old ones go without breaking anything") {
  const AuditBench bench;
  AuditWriterOptions options = bench.options();
  options.segment_bytes = 4096;
  options.keep_segments = 2;
  {
    auto writer = bench.open(options).value();
    for (int i = 0; i < 900; ++i) {
      REQUIRE(writer->append("x", ",\"n\":" + std::to_string(i), AuditSync::kSoon).has_value());
    }
    REQUIRE(writer->seal().has_value());
  }
  const AuditReport report = bench.verify();
  CHECK(report.message ==
        std::to_string(report.records) + " records, all covered by the checkpoint");
  CHECK(report.verdict == AuditVerdict::kSealed);
  CHECK(report.pruned > 700);
  {
    auto writer = bench.open(options).value();
    REQUIRE(writer->seal().has_value());
  }
  CHECK(bench.verify().verdict == AuditVerdict::kSealed);
  // A segment that no record excuses.
  const auto segments = map_segments(bench.folder()).value();
  REQUIRE(segments.size() > 1);
  std::filesystem::remove(bench.folder() + "/" + segments.front().name);
  CHECK(bench.verify().verdict == AuditVerdict::kTruncated);
}

TEST_CASE("audit writer: segments older than what is kept go, and the rest stays whole") {
  AuditBench bench;
  AuditWriterOptions options = bench.options();
  // Each record is a millisecond after the one before it.
  options.keep_for = std::chrono::milliseconds(400);
  {
    auto writer = bench.open(options).value();
    for (int i = 0; i < 2000; ++i) {
      REQUIRE(writer->append("x", ",\"n\":" + std::to_string(i), AuditSync::kSoon).has_value());
    }
    REQUIRE(writer->seal().has_value());
  }
  const AuditReport report = bench.verify();
  CHECK(report.verdict == AuditVerdict::kSealed);
  const std::uint64_t kept = report.records - report.pruned;
  CHECK(kept >= 390);
  CHECK(kept < 520);
  {
    auto writer = bench.open(options).value();
    REQUIRE(writer->seal().has_value());
  }
  CHECK(bench.verify().verdict == AuditVerdict::kSealed);
}

TEST_CASE("audit writer: a clock that is set back between two runs is held, sealed or not") {
  const AuditBench first;
  {
    auto writer = first.open().value();
    for (int i = 0; i < 20; ++i) {
      REQUIRE(writer->append("x", "", AuditSync::kSoon).has_value());
    }
    REQUIRE(writer->seal().has_value());
  }
  // Begins where the first clock began.
  const test::TickingClock earlier;
  AuditWriterOptions options = first.options();
  options.clock = &earlier;
  REQUIRE(first.open(options).value()->seal().has_value());
  CHECK(first.verify().verdict == AuditVerdict::kSealed);
}

TEST_CASE(
    "audit writer: keys that were left of a log whose making was interrupted are made again") {
  const AuditBench bench;
  {
    REQUIRE(bench.open().value()->seal().has_value());
  }
  // As a kill before the last step leaves it.
  const std::string keys = audit_key_folder(bench.state(), "example.com/log");
  std::filesystem::remove(keys + "/log.vkey");
  std::filesystem::remove(keys + "/checkpoint");
  std::filesystem::remove_all(bench.folder());
  {
    REQUIRE(bench.open().value()->seal().has_value());
  }
  CHECK(bench.verify().verdict == AuditVerdict::kSealed);
  // Keys of a log that is there are never made again.
  const auto other = AuditWriter::open(
      {.folder = bench.place.path("other"), .state = bench.state(), .origin = "example.com/log"},
      bench.options());
  CHECK_FALSE(other.has_value());
}

TEST_CASE("audit writer: a name's token is the same in one log and another one in the next") {
  const AuditBench bench;
  const AuditBench other;
  std::string token;
  {
    auto writer = bench.open().value();
    token = writer->token_of("blue").value();
    CHECK(token == writer->token_of("blue").value());
    CHECK(token != writer->token_of("red").value());
    CHECK(token.size() == std::string("token:").size() + 32);
    REQUIRE(writer->seal().has_value());
  }
  CHECK(bench.open().value()->token_of("blue").value() == token);
  CHECK(other.open().value()->token_of("blue").value() != token);
}

TEST_CASE("audit writer: a tenant that is not to be in the log stands in it as a token") {
  const AuditBench bench;
  auto writer = bench.open().value();
  const std::string token = writer->token_of("the-blue-tenant").value();
  auto audit =
      SessionAudit::begin(std::move(writer),
                          {.session = "s1", .tenant = "the-blue-tenant", .tenant_as_token = true})
          .value();
  REQUIRE(audit->end({.reason = "client-closed", .exit = ""}).has_value());
  const auto segments = map_segments(bench.folder()).value();
  const std::string_view text = segments.front().bytes.view();
  CHECK(text.find("the-blue-tenant") == std::string_view::npos);
  CHECK(text.find("\"tenant\":\"" + token + "\"") != std::string_view::npos);
}

TEST_CASE("mapped file: a file that is made shorter reads as zeros, and says so") {
  const AuditBench bench;
  const std::string path = bench.place.path("cut");
  const std::string bytes(64 * 1024, 'x');
  REQUIRE(write_private_file(path, bytes).has_value());
  const MappedFile file = MappedFile::open(path).value();
  CHECK(file.view() == bytes);
  CHECK_FALSE(file.was_cut());
  std::filesystem::resize_file(path, 1);
  CHECK(file.view().back() == '\0');
  CHECK(file.was_cut());
  // The page that is left keeps its first byte.
  CHECK(file.view().front() == 'x');
}

TEST_CASE("audit verifier: a log that is cut while it is read is an error, whatever it said") {
  const AuditBench bench;
  test::write_sample_log(bench, 400);
  const auto log = load_audit_log(bench.folder()).value();
  std::filesystem::resize_file(bench.folder() + "/log.jsonl", 100);
  const auto report = verify_audit_log(log.view(), {});
  REQUIRE_FALSE(report.has_value());
  CHECK(report.error().code == ErrorCode::kIo);
}

TEST_CASE("audit writer: a crash at each step of a change of epoch is mended") {
  const AuditBench bench;
  write_sample_log(bench, 1);
  const std::string keys = audit_key_folder(bench.state(), "example.com/log");
  SUBCASE("the next key was made, and no record names it") {
    auto loaded = load_audit_keys(bench.state(), "example.com/log").value();
    REQUIRE(begin_epoch_change(loaded).has_value());
  }
  SUBCASE("the next key was not written whole") {
    append_bytes(keys + "/epoch.next", "-----BEGIN PRIVATE");
    std::filesystem::permissions(keys + "/epoch.next", std::filesystem::perms(0600));
  }
  SUBCASE("the old key was overwritten, the next one not renamed") {
    // As it is after the heartbeat: the new key signs already.
    std::filesystem::copy_file(keys + "/epoch.key", keys + "/epoch.next");
    std::ofstream(keys + "/epoch.key", std::ios::binary) << std::string(100, '\0');
  }
  {
    auto writer = bench.open();
    REQUIRE_MESSAGE(writer.has_value(), writer.error().message);
    REQUIRE((*writer)->seal().has_value());
  }
  const AuditReport report = bench.verify();
  CHECK(report.message ==
        std::to_string(report.records) + " records, all covered by the checkpoint");
  CHECK(report.verdict == AuditVerdict::kSealed);
  CHECK_FALSE(std::filesystem::exists(keys + "/epoch.next"));
}

TEST_CASE(
    "audit writer: a change of epoch that cannot be finished holds up all records until it can") {
  const AuditBench bench;
  {
    auto writer = bench.open().value();
    const std::string tiles = bench.folder() + "/tile";
    std::filesystem::rename(tiles, tiles + "-away");
    append_bytes(tiles, "no folder");
    CHECK_FALSE(writer->change_epoch().has_value());
    CHECK_FALSE(writer->append("x", "", AuditSync::kSoon).has_value());
    CHECK_FALSE(writer->seal().has_value());
    std::filesystem::remove(tiles);
    std::filesystem::rename(tiles + "-away", tiles);
    CHECK(writer->append("x", "", AuditSync::kSoon).has_value());
    REQUIRE(writer->seal().has_value());
  }
  const AuditReport report = bench.verify();
  CHECK(report.message == "5 records, all covered by the checkpoint");
  CHECK(report.verdict == AuditVerdict::kSealed);
  CHECK(report.epochs == 2);
}
