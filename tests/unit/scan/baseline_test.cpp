#include "scan/baseline.h"

#include <doctest/doctest.h>

#include "support/memory_files.h"

namespace merlon {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

constexpr Date kToday{year(2026), month(11), day(21)};
const std::string kPrint(32, 'a');
const std::string kOther(32, 'b');

std::string entry(const std::string& changes = "") {
  return R"({"fingerprint": ")" + kPrint +
         R"(", "rule": "r", "file": "a/t.json", "owner": "ada", )" +
         R"("reason": "known", "expires": "2027-01-31")" + changes + "}";
}

std::string with_entries(const std::string& entries) {
  return R"({"merlon_baseline": 1, "entries": [)" + entries + "]}";
}

Checked<Baseline> parsed(const std::string& text) {
  return parse_baseline(SourceText::copy_of("base.json", text), Limits{});
}

// Every problem as `line:col code: message`, one a line.
std::string problems(const std::string& text) {
  const Checked<Baseline> baseline = parsed(text);
  std::string out;
  if (baseline) {
    return out;
  }
  for (const Error& error : baseline.error()) {
    out += std::to_string(error.where.line) + ":" + std::to_string(error.where.column) + " " +
           std::string(to_string(error.code)) + ": " + error.message + "\n";
    for (const std::string& hint : error.hints) {
      out += "hint: " + hint + "\n";
    }
  }
  return out;
}

Finding finding(const std::string& fingerprint, const std::string& file = "a/t.json") {
  Finding out;
  out.rule_id = "r";
  out.severity = Severity::kHigh;
  out.where.file = file;
  out.fingerprint = fingerprint;
  return out;
}

ScanReport report_of(std::vector<Finding> findings) {
  ScanReport report;
  report.findings = std::move(findings);
  return report;
}

TEST_CASE("baseline: reads every field and its place") {
  const auto baseline = parsed(with_entries(entry(R"(, "first_seen": "2026-11-01")")));
  REQUIRE(baseline);
  CHECK(baseline->file == "base.json");
  REQUIRE(baseline->entries.size() == 1);
  const BaselineEntry& read = baseline->entries[0];
  CHECK(read.fingerprint == kPrint);
  CHECK(read.rule == "r");
  CHECK(read.file == "a/t.json");
  CHECK(read.owner == "ada");
  CHECK(read.reason == "known");
  CHECK(to_string(read.expires) == "2027-01-31");
  CHECK(to_string(read.first_seen.value()) == "2026-11-01");
  CHECK(read.where.line == 1);
  CHECK(read.where.column == 36);
}

TEST_CASE("baseline: the example of the specification, comments and an empty list are read") {
  CHECK(problems(test::read_repository_file("testdata/baselines/example.json")) == "");
  CHECK(problems("// why\n" + with_entries(entry() + ",") + "\n") == "");
  CHECK(problems(with_entries("")) == "");
}

TEST_CASE("baseline: what is no baseline says so") {
  CHECK(problems("[]") ==
        "1:1 format: a baseline is an object with `merlon_baseline` and `entries`\n");
  CHECK(problems("{}") ==
        "1:1 format: `merlon_baseline` is missing: not a baseline\n"
        "hint: `merlon scan --write-baseline FILE` writes one\n");
  CHECK(problems(R"({"merlon_baseline": 1})") == "1:1 bad-config: `entries` must be a list\n");
  CHECK(problems(R"({"merlon_baseline": 2, "entries": []})") ==
        "1:21 unsupported: format version 2 is not known; this program reads version 1\n");
  CHECK(problems("{").find(" syntax: ") != std::string::npos);
}

TEST_CASE("baseline: all problems of a file are reported at once") {
  CHECK(problems("{\"merlon_baseline\": 1, \"entries\": [\n3,\n"
                 "{\"fingerprint\": \"XY\", \"rule\": 1, \"file\": \" \", \"owner\": \"a\", "
                 "\"reasn\": \"b\",\n"
                 "\"expires\": \"2027-02-30\", \"owner\": \"c\"}]}") ==
        "2:1 bad-config: an entry must be an object\n"
        "3:1 bad-config: `reason` is missing\n"
        "3:18 bad-config: `fingerprint` must be 32 lower-case hex digits\n"
        "3:31 bad-config: `rule` must be a string\n"
        "3:43 bad-config: `file` is empty\n"
        "3:62 bad-config: unknown key `reasn`\n"
        "hint: did you mean `reason`?\n"
        "4:13 bad-config: `expires`: `2027-02-30` is not a date like 2026-11-21\n"
        "4:27 bad-config: key `owner` is given twice\n");
}

TEST_CASE("baseline: one fingerprint twice is an error for one file, not for two") {
  CHECK(problems(with_entries(entry() + "," + entry())).find("listed twice") != std::string::npos);
  std::string other = entry();
  other.replace(other.find("a/t.json"), 8, "b/t.json");
  CHECK(problems(with_entries(entry() + "," + other)) == "");
}

TEST_CASE("baseline: a missing file is an error of the file") {
  const test::MemoryFiles files;
  const auto baseline = load_baseline(files, "none.json", Limits{});
  REQUIRE(!baseline);
  CHECK(baseline.error().size() == 1);
  CHECK(baseline.error()[0].code == ErrorCode::kNotFound);
}

TEST_CASE("baseline: suppresses the finding that it names, with who, why and until when") {
  ScanReport report = report_of({finding(kPrint), finding(kOther)});
  apply_baseline(report, *parsed(with_entries(entry())), kToday);
  REQUIRE(report.findings[0].suppression);
  CHECK(report.findings[0].suppression->by == "baseline");
  CHECK(report.findings[0].suppression->owner == "ada");
  CHECK(report.findings[0].suppression->reason == "known");
  CHECK(report.findings[0].suppression->expires == "2027-01-31");
  CHECK(!report.findings[1].suppression);
  CHECK(report.unused_baseline.empty());
  CHECK(report.count_at_least(Severity::kInfo) == 1);
}

TEST_CASE("baseline: files agree when one name ends in the other at a slash") {
  const auto suppresses = [](const std::string& file) {
    ScanReport report = report_of({finding(kPrint, file)});
    apply_baseline(report, *parsed(with_entries(entry())), kToday);
    return report.findings[0].suppression.has_value();
  };
  CHECK(suppresses("a/t.json"));
  CHECK(suppresses("./a/t.json"));
  CHECK(suppresses("/builds/4711/a/t.json"));
  CHECK(suppresses("t.json"));
  CHECK(!suppresses("b/t.json"));
  CHECK(!suppresses("aa/t.json"));
  CHECK(!suppresses("xt.json"));
  CHECK(!suppresses("/builds/aa/t.json"));
}

TEST_CASE("baseline: another rule with the same fingerprint is not suppressed") {
  Finding other = finding(kPrint);
  other.rule_id = "other";
  ScanReport report = report_of({other});
  apply_baseline(report, *parsed(with_entries(entry())), kToday);
  CHECK(!report.findings[0].suppression);
  CHECK(report.unused_baseline ==
        std::vector<std::string>{"base.json:1: r in a/t.json (ada): no such finding"});
}

TEST_CASE("baseline: counts on its last day, not on the next, and says when it expired") {
  const Baseline baseline = *parsed(with_entries(entry()));
  ScanReport on_day = report_of({finding(kPrint)});
  apply_baseline(on_day, baseline, Date{year(2027), month(1), day(31)});
  CHECK(on_day.findings[0].suppression);
  CHECK(on_day.unused_baseline.empty());
  ScanReport after = report_of({finding(kPrint)});
  apply_baseline(after, baseline, Date{year(2027), month(2), day(1)});
  CHECK(!after.findings[0].suppression);
  CHECK(after.unused_baseline ==
        std::vector<std::string>{"base.json:1: r in a/t.json (ada): expired on 2027-01-31"});
  ScanReport gone = report_of({});
  apply_baseline(gone, baseline, Date{year(2027), month(2), day(1)});
  CHECK(gone.unused_baseline ==
        std::vector<std::string>{
            "base.json:1: r in a/t.json (ada): no such finding, and expired on 2027-01-31"});
}

TEST_CASE("baseline: a secret is never accepted, by the finding or by its rule") {
  for (const bool by_rule : {false, true}) {
    CAPTURE(by_rule);
    Finding secret = finding(kPrint);
    secret.secret = !by_rule;
    ScanReport report = report_of({secret});
    Rule rule;
    rule.id = "r";
    rule.secret = by_rule;
    report.rules = {rule};
    apply_baseline(report, *parsed(with_entries(entry())), kToday);
    CHECK(!report.findings[0].suppression);
    CHECK(report.unused_baseline ==
          std::vector<std::string>{"base.json:1: r in a/t.json (ada): a secret cannot be accepted: "
                                   "revoke it and take it out of the file"});
  }
}

TEST_CASE("baseline: what is known to be malicious is never accepted") {
  ScanReport report = report_of({finding(kPrint)});
  Rule rule;
  rule.id = "r";
  rule.category = "known-malicious";
  report.rules = {rule};
  apply_baseline(report, *parsed(with_entries(entry())), kToday);
  CHECK(!report.findings[0].suppression);
  CHECK(report.unused_baseline ==
        std::vector<std::string>{"base.json:1: r in a/t.json (ada): what is known to be malicious "
                                 "cannot be accepted"});
}

TEST_CASE("baseline: what the configuration suppresses stays as it is") {
  Finding by_config = finding(kPrint);
  by_config.suppression = {.by = "config", .owner = "", .reason = "off", .expires = ""};
  ScanReport report = report_of({by_config});
  apply_baseline(report, *parsed(with_entries(entry())), kToday);
  CHECK(report.findings[0].suppression->by == "config");
  CHECK(report.unused_baseline.empty());
}

BaselineTerms terms() {
  return {.owner = "bob",
          .reason = "later",
          .expires = Date{year(2026), month(12), day(31)},
          .today = kToday,
          .previous = nullptr};
}

TEST_CASE("write baseline: the whole text, and reading it back suppresses what was written") {
  Finding secret = finding(std::string(32, 'c'));
  secret.secret = true;
  Finding by_config = finding(std::string(32, 'd'));
  by_config.suppression = {.by = "config", .owner = "", .reason = "off", .expires = ""};
  ScanReport report =
      report_of({finding(kPrint), finding(kPrint, "./b/t.json"), secret, by_config});
  const WrittenBaseline written = write_baseline(report, terms());
  CHECK(written.entries == 2);
  CHECK(written.refused == 1);
  CHECK(written.text == R"({
  "merlon_baseline": 1,
  "entries": [
    {
      "fingerprint": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "rule": "r",
      "file": "a/t.json",
      "owner": "bob",
      "reason": "later",
      "expires": "2026-12-31",
      "first_seen": "2026-11-21"
    },
    {
      "fingerprint": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      "rule": "r",
      "file": "b/t.json",
      "owner": "bob",
      "reason": "later",
      "expires": "2026-12-31",
      "first_seen": "2026-11-21"
    }
  ]
}
)");
  apply_baseline(report, *parsed(written.text), kToday);
  CHECK(report.findings[0].suppression);
  CHECK(report.findings[1].suppression);
  CHECK(!report.findings[2].suppression);
  CHECK(report.unused_baseline.empty());
}

TEST_CASE(
    "write baseline: what an earlier one accepts keeps its terms and first day; the rest goes") {
  const Baseline before = *parsed(with_entries(entry(R"(, "first_seen": "2026-10-01")")));
  ScanReport report = report_of({finding(kPrint), finding(kOther)});
  apply_baseline(report, before, kToday);
  BaselineTerms next = terms();
  next.previous = &before;
  const auto read = parsed(write_baseline(report, next).text);
  REQUIRE(read);
  REQUIRE(read->entries.size() == 2);
  CHECK(read->entries[0].owner == "ada");
  CHECK(read->entries[0].reason == "known");
  CHECK(to_string(read->entries[0].expires) == "2027-01-31");
  CHECK(to_string(read->entries[0].first_seen.value()) == "2026-10-01");
  CHECK(read->entries[1].owner == "bob");
  CHECK(to_string(read->entries[1].first_seen.value()) == "2026-11-21");
}

}  // namespace
}  // namespace merlon
