#include "model/scan_report.h"

#include <algorithm>

namespace merlon {

std::string_view to_string(CoverageState state) {
  switch (state) {
    case CoverageState::kScanned: return "scanned";
    case CoverageState::kPartial: return "partial";
    case CoverageState::kSkipped: return "skipped";
    case CoverageState::kFailed: return "failed";
  }
  return "failed";
}

bool ScanReport::incomplete() const {
  return std::any_of(coverage.begin(), coverage.end(), [](const CoverageEntry& entry) {
    return entry.state == CoverageState::kPartial || entry.state == CoverageState::kFailed;
  });
}

std::size_t ScanReport::count_at_least(Severity severity) const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) {
        return !finding.suppression && finding.severity >= severity;
      }));
}

std::size_t ScanReport::count_failing() const {
  return static_cast<std::size_t>(
      std::count_if(findings.begin(), findings.end(), [&](const Finding& finding) {
        return !finding.suppression && finding.tier == Tier::kHard && finding.severity >= fail_on;
      }));
}

}  // namespace merlon
