#include <doctest/doctest.h>

#include "base/text.h"
#include "report/writers.h"
#include "skeleton.h"
#include "support/sample_report.h"

namespace merlon {
namespace {

ScanReport many_findings(std::size_t count, std::size_t text_bytes) {
  ScanReport report = test::clean_report();
  for (std::size_t i = 0; i < count; ++i) {
    Finding finding;
    finding.rule_id = "rule-" + std::to_string(i);
    finding.severity = i == count - 1 ? Severity::kCritical : Severity::kLow;
    finding.message = std::string(text_bytes, '`') + "m";
    finding.remedy = std::string(text_bytes, 'r');
    finding.where.file = std::string(text_bytes, 'f') + std::to_string(i);
    report.findings.push_back(finding);
    report.coverage.push_back(
        {.file = finding.where.file, .state = CoverageState::kFailed, .reason = finding.message});
  }
  return report;
}

TEST_CASE(
    "markdown: stays below 60,000 bytes, says how many are left out, and keeps its structure") {
  for (const std::size_t count : {1U, 100U, 3000U}) {
    for (const std::size_t bytes : {1U, 50U, 5000U}) {
      CAPTURE(count);
      CAPTURE(bytes);
      const std::string out = write_markdown(many_findings(count, bytes), {.explain = true});
      CHECK(out.size() <= 60'000);
      CHECK(test::skeleton("markdown", out).find("broken") == std::string::npos);
      CHECK(out.find("</details>\n") != std::string::npos);
      CHECK((out.find(" more\n") != std::string::npos) ==
            (count > 100 || (count > 1 && bytes > 1)));
    }
  }
}

TEST_CASE("markdown: what decides comes first, then the worst") {
  ScanReport report = many_findings(3000, 5);
  report.findings[7].tier = Tier::kSoft;
  report.findings[7].severity = Severity::kCritical;
  const std::string out = write_markdown(report, {});
  const std::size_t critical = out.find("| **critical** | `fffff2999` | `rule-2999` |");
  const std::size_t soft = out.find("| **critical** (soft) | `fffff7` | `rule-7` |");
  CHECK(critical != std::string::npos);
  CHECK(soft != std::string::npos);
  CHECK(critical < soft);
  CHECK(soft < out.find("| **low** |"));
}

TEST_CASE("markdown: suppressed findings are counted, not listed") {
  const std::string out = write_markdown(test::sample_report(), {});
  CHECK(out.find("1 suppressed") != std::string::npos);
  CHECK(out.find("unpinned-package") == std::string::npos);
}

}  // namespace
}  // namespace merlon
