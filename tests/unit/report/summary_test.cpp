#include "report/summary.h"

#include <doctest/doctest.h>

#include "support/sample_report.h"

namespace merlon {
namespace {

ScanReport report_with(Severity severity, Tier tier, CoverageState state) {
  ScanReport report = test::clean_report();
  Finding finding;
  finding.severity = severity;
  finding.tier = tier;
  report.findings = {finding};
  report.coverage.front().state = state;
  return report;
}

std::string verdict_of(const ScanReport& report) {
  return verdict_sentence(report, summarise(report));
}

TEST_CASE("summary: counts findings, suppressed ones and inputs") {
  const ReportSummary summary = summarise(test::sample_report());
  CHECK(summary.verdict == ReportVerdict::kFail);
  CHECK(summary.findings == 2);
  CHECK(summary.suppressed == 1);
  CHECK(summary.failing == 1);
  CHECK(summary.count(Severity::kCritical) == 1);
  CHECK(summary.count(Severity::kHigh) == 0);
  CHECK(summary.count(Severity::kMedium) == 1);
  CHECK(findings_sentence(summary) == "2 findings: 1 critical, 1 medium; 1 suppressed");
  CHECK(coverage_sentence(summary) == "scanned 2 files, 1 server, 2 tools; 1 skipped, 1 FAILED");
}

TEST_CASE("summary: the verdict says what decides, and never pass for what was not seen") {
  const auto report = report_with;
  CHECK(verdict_of(test::clean_report()) == "pass: nothing was found");
  ScanReport accepted = report(Severity::kHigh, Tier::kHard, CoverageState::kScanned);
  accepted.findings.front().suppression.emplace();
  CHECK(verdict_of(accepted) == "pass: nothing was found but what is accepted");
  CHECK(verdict_of(ScanReport{}) == "nothing was scanned: no input has a known format");
  CHECK(verdict_of(report(Severity::kHigh, Tier::kHard, CoverageState::kScanned)) ==
        "fail: 1 finding at or above `high`");
  CHECK(verdict_of(report(Severity::kMedium, Tier::kHard, CoverageState::kScanned)) ==
        "pass: nothing at or above `high`");
  CHECK(verdict_of(report(Severity::kCritical, Tier::kSoft, CoverageState::kScanned)) ==
        "pass: nothing at or above `high` but 1 soft signal, which no finding is made of alone");
  CHECK(verdict_of(report(Severity::kMedium, Tier::kHard, CoverageState::kPartial)) ==
        "incomplete: 1 file was not fully looked at, so nothing can be said about the whole");
  CHECK(verdict_of(report(Severity::kHigh, Tier::kHard, CoverageState::kFailed)) ==
        "fail: 1 finding at or above `high`, and 1 file was not fully looked at");
}

TEST_CASE("summary: verdict and counts agree with what decides the exit code") {
  for (const Severity severity : kSeveritiesFromWorst) {
    for (const Tier tier : {Tier::kHard, Tier::kSoft}) {
      for (const Severity fail_on : kSeveritiesFromWorst) {
        ScanReport report = report_with(severity, tier, CoverageState::kScanned);
        report.fail_on = fail_on;
        CHECK(summarise(report).failing == report.count_failing());
        CHECK((summarise(report).verdict == ReportVerdict::kFail) == (report.count_failing() > 0));
      }
    }
  }
}

TEST_CASE("summary: items are named by where they stand") {
  Finding finding;
  CHECK(item_phrase(finding) == "");
  finding.server = "s";
  CHECK(item_phrase(finding) == "server `s`");
  finding.item = "i";
  for (const auto& [surface, phrase] : {std::pair{"tool-description", "tool `i` of server `s`"},
                                        std::pair{"schema-enum", "tool `i` of server `s`"},
                                        std::pair{"prompt-text", "prompt `i` of server `s`"},
                                        std::pair{"resource-uri", "resource `i` of server `s`"},
                                        std::pair{"skill-body", "skill `i` of server `s`"},
                                        std::pair{"other", "item `i` of server `s`"}}) {
    finding.surface = surface;
    CHECK(item_phrase(finding) == phrase);
  }
}

TEST_CASE("summary: the wrapped lines of a paragraph are one line, blank lines separate") {
  CHECK(paragraphs_of("").empty());
  CHECK(paragraphs_of("\n a\nb  \n\n\nc\x1b\n") == std::vector<std::string>{"a b", "c\\e"});
}

TEST_CASE("summary: a place without a line is the file alone") {
  Location where;
  where.file = "a\nb";
  CHECK(place_of(where) == "a\\nb");
  where.line = 3;
  where.column = 7;
  CHECK(place_of(where) == "a\\nb:3:7");
}

}  // namespace
}  // namespace merlon
