// A baseline: every problem in words; one that is taken suppresses what it lists, and the baseline
// written of that says the same again.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz/document_invariants.h"
#include "scan/baseline.h"

namespace {

using merlon::test::broken;

merlon::ScanReport report_of(const merlon::Baseline& baseline) {
  merlon::ScanReport report;
  for (const merlon::BaselineEntry& entry : baseline.entries) {
    merlon::Finding finding;
    finding.rule_id = entry.rule;
    finding.fingerprint = entry.fingerprint;
    finding.where.file = entry.file;
    report.findings.push_back(finding);
  }
  return report;
}

void check_taken(const merlon::Baseline& baseline) {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  const merlon::Date today{year(2026), month(11), day(21)};
  merlon::ScanReport report = report_of(baseline);
  merlon::apply_baseline(report, baseline, today);
  const merlon::BaselineTerms terms{.owner = "ada",
                                    .reason = "known",
                                    .expires = {year(2027), month(1), day(31)},
                                    .today = today,
                                    .previous = &baseline};
  const merlon::WrittenBaseline written = merlon::write_baseline(report, terms);
  const auto again =
      merlon::parse_baseline(merlon::SourceText::copy_of("baseline", written.text), {});
  if (!again) {
    broken("what was written cannot be read: " + again.error().front().message);
  }
  if (again->entries.size() != written.entries) {
    broken("another number of entries");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto baseline =
      merlon::parse_baseline(merlon::SourceText::copy_of("baseline.json", text), {});
  if (!baseline) {
    merlon::test::check_errors(baseline.error());
    return 0;
  }
  check_taken(*baseline);
  return 0;
}
