#include "audit/audit_verifier.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "audit/audit_attacks.h"
#include "audit/audit_export.h"
#include "base/text.h"
#include "proof/checkpoint.h"
#include "support/audit_places.h"

using namespace merlon;
using merlon::test::AuditBench;

namespace {

std::string slurp_audit(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void spit_audit(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST_CASE("audit verifier: every attack at every record is detected, named and located") {
  const AuditBench bench;
  write_sample_log(bench, 4);
  write_sample_log(bench, 130);
  AuditTrust trust;
  trust.pin = find_audit_pin(bench.state(), bench.folder()).value();
  const auto log = load_audit_log(bench.folder()).value();
  const auto table = attack_audit_log(log.view(), trust);
  REQUIRE(table.has_value());
  CHECK(table->places == table->records);
  for (const AttackRow& row : table->rows) {
    CAPTURE(row.attack);
    CHECK(row.made > 0);
    CHECK(row.detected == row.made);
    CHECK(row.named == row.made);
  }
}

TEST_CASE("audit verifier: without tiles attacks are detected all the same") {
  const AuditBench bench;
  write_sample_log(bench, 20);
  AuditTrust trust;
  trust.pin = find_audit_pin(bench.state(), bench.folder()).value();
  std::filesystem::remove_all(bench.folder() + "/tile");
  const auto log = load_audit_log(bench.folder()).value();
  const auto table = attack_audit_log(log.view(), trust);
  REQUIRE(table.has_value());
  for (const AttackRow& row : table->rows) {
    CAPTURE(row.attack);
    CHECK(row.detected == row.made);
  }
  CHECK(bench.verify().notes == std::vector<std::string>{"1 tile missing; the records suffice"});
}

TEST_CASE("audit verifier: a single flipped bit anywhere in the folder is seen") {
  const AuditBench bench;
  write_sample_log(bench, 2);
  for (const std::string name : {"log.jsonl", "checkpoint", "tile/0/000.p/8"}) {
    const std::string path = bench.folder() + "/" + name;
    const std::string sound = slurp_audit(path);
    REQUIRE(!sound.empty());
    for (std::size_t at = 0; at < sound.size(); ++at) {
      std::string bytes = sound;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
      spit_audit(path, bytes);
      const AuditReport report = bench.verify();
      const bool epoch_or_name = name == std::string("checkpoint");
      CAPTURE(name);
      CAPTURE(at);
      CHECK_MESSAGE((report.verdict == AuditVerdict::kTampered ||
                     report.verdict == AuditVerdict::kTruncated ||
                     (!epoch_or_name && report.verdict == AuditVerdict::kTorn)),
                    to_string(report.verdict), " ", report.message);
    }
    spit_audit(path, sound);
  }
  CHECK(bench.verify().verdict == AuditVerdict::kSealed);
}

TEST_CASE("audit verifier: who vouches for the key decides what a sound log is worth") {
  const AuditBench bench;
  write_sample_log(bench, 2);
  const AuditPin pin = *find_audit_pin(bench.state(), bench.folder()).value();
  AuditTrust trust;
  CHECK(bench.verify(trust).verdict == AuditVerdict::kSealed);
  CHECK(bench.verify(trust).key_source == AuditKeySource::kNobody);
  trust.keys = {pin.log_key};
  CHECK(bench.verify(trust).key_source == AuditKeySource::kGiven);
  const AuditBench other;
  write_sample_log(other, 2);
  CHECK(other.verify(trust).verdict == AuditVerdict::kTampered);
  CHECK(other.verify(trust).attack == AuditAttack::kReplace);
  AuditTrust pinned;
  pinned.pin = pin;
  CHECK(other.verify(pinned).attack == AuditAttack::kReplace);
}

TEST_CASE("audit verifier: the whole folder set back to an earlier state is TRUNCATED by the pin") {
  const AuditBench bench;
  write_sample_log(bench, 2);
  const std::string before = bench.place.path("before");
  std::filesystem::copy(bench.folder(), before, std::filesystem::copy_options::recursive);
  write_sample_log(bench, 2);
  std::filesystem::remove_all(bench.folder());
  std::filesystem::rename(before, bench.folder());
  const AuditReport report = bench.verify();
  CHECK(report.verdict == AuditVerdict::kTruncated);
  CHECK(report.message == "a known checkpoint covers 17 records, and there are 8");
  CHECK(report.first_bad == 8);
}

TEST_CASE("audit verifier: an older checkpoint in the folder is STALE") {
  const AuditBench bench;
  write_sample_log(bench, 2);
  const std::string before = slurp_audit(bench.folder() + "/checkpoint");
  write_sample_log(bench, 2);
  spit_audit(bench.folder() + "/checkpoint", before);
  AuditTrust trust;
  trust.keys = {find_audit_pin(bench.state(), bench.folder()).value()->log_key};
  // The heartbeat of the second start holds a newer one.
  CHECK(bench.verify(trust).verdict == AuditVerdict::kStale);
  AuditTrust dated;
  dated.newest_before_ms = 1'900'000'000'000;
  write_sample_log(AuditBench{}, 1);
  const AuditBench fresh;
  write_sample_log(fresh, 1);
  CHECK(fresh.verify(dated).verdict == AuditVerdict::kStale);
}

TEST_CASE("audit verifier: a record is proved and checked without the log") {
  const AuditBench bench;
  write_sample_log(bench, 200);
  const auto log = load_audit_log(bench.folder()).value();
  AuditTrust trust;
  trust.keys = {find_audit_pin(bench.state(), bench.folder()).value()->log_key};
  for (const std::uint64_t index : {0U, 1U, 255U, 256U, 300U, 403U}) {
    CAPTURE(index);
    const auto made = prove_record(log.view(), index, {});
    REQUIRE(made.has_value());
    auto proof = parse_tlog_proof(to_string(*made)).value();
    CHECK(proof == *made);
    CHECK(check_record_proof(proof, trust)->verdict == AuditVerdict::kSealed);
    ++proof.index;
    CHECK(check_record_proof(proof, trust)->verdict == AuditVerdict::kTampered);
    --proof.index;
    proof.extra->back() = ' ';
    CHECK(check_record_proof(proof, trust)->attack == AuditAttack::kEdit);
  }
  CHECK(prove_record(log.view(), 404, {}).error().code == ErrorCode::kUsage);
}

TEST_CASE("audit export: keeps what is needed to verify, and nothing else verifies") {
  const AuditBench bench;
  write_sample_log(bench, 3);
  const auto log = load_audit_log(bench.folder()).value();
  const AuditLogView view = log.view();
  const auto tree = build_audit_tree(view, {}).value();
  std::string text;
  std::uint64_t seq = 0;
  for (const std::string_view line : split(view.segments[0].bytes, '\n')) {
    if (!line.empty()) {
      text += export_line(seq++, line) + "\n";
    }
  }
  text += export_checkpoint(*view.checkpoint) + "\n";
  AuditTrust trust;
  trust.keys = {find_audit_pin(bench.state(), bench.folder()).value()->log_key};
  const auto exported = parse_audit_export(text);
  REQUIRE(exported.has_value());
  CHECK(verify_audit_log(exported->view(), trust)->verdict == AuditVerdict::kSealed);
  CHECK(parse_audit_export("").error().code == ErrorCode::kFormat);
  CHECK(parse_audit_export("{\"seq\":0,\"leaf\":\"\",\"record\":\"{}\"}").error().code ==
        ErrorCode::kFormat);
}
