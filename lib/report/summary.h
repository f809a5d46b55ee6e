#pragma once
/// The numbers and the verdict of a report, counted once and said the same way by every writer.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/scan_report.h"

namespace merlon {

inline constexpr std::array kSeveritiesFromWorst = {
    Severity::kCritical, Severity::kHigh, Severity::kMedium, Severity::kLow, Severity::kInfo};

/// What the exit code will say. `kFail` beats `kIncomplete`.
enum class ReportVerdict : std::uint8_t {
  kPass,        ///< everything was looked at, nothing at or above `fail_on`
  kFail,        ///< findings at or above `fail_on`
  kIncomplete,  ///< nothing that bad was seen, but not everything was looked at
};
[[nodiscard]] std::string_view to_string(ReportVerdict verdict);

struct ReportSummary {
  ReportVerdict verdict{ReportVerdict::kPass};
  std::array<std::size_t, 5> by_severity{};  ///< not suppressed; index is the Severity
  std::size_t findings{0};                   ///< not suppressed
  std::size_t suppressed{0};
  std::size_t failing{0};  ///< is_failing()
  std::size_t soft_above{
      0};  ///< not suppressed, at or above `fail_on`, but soft: these never count alone
  std::size_t scanned{0};  ///< inputs by CoverageState
  std::size_t partial{0};
  std::size_t skipped{0};
  std::size_t failed{0};
  std::uint64_t bytes{0};
  std::uint64_t servers{0};
  std::uint64_t tools{0};
  std::uint64_t items{0};
  std::uint64_t strings{0};

  [[nodiscard]] std::size_t count(Severity severity) const {
    return by_severity[static_cast<std::size_t>(severity)];
  }
};

/// Whether this finding alone makes the verdict `kFail`: hard, not suppressed, at or above
/// `fail_on`.
[[nodiscard]] bool is_failing(const ScanReport& report, const Finding& finding);
[[nodiscard]] ReportSummary summarise(const ScanReport& report);

/// `3 findings: 1 critical, 2 medium; 1 suppressed`.
[[nodiscard]] std::string findings_sentence(const ReportSummary& summary);
/// `scanned 12 files, 3 servers, 41 tools; 2 skipped, 1 FAILED`.
[[nodiscard]] std::string coverage_sentence(const ReportSummary& summary);
/// One plain sentence without a period.
[[nodiscard]] std::string verdict_sentence(const ScanReport& report, const ReportSummary& summary);

/// The rule's metadata, or null when the report has none for this id.
[[nodiscard]] const Rule* find_rule(const ScanReport& report, std::string_view id);

/// `file:line:col`, `file` when the line is unknown, escaped for display.
[[nodiscard]] std::string place_of(const Location& where);

/// The paragraphs of a rule's text, each one line, escaped for display: single line feeds are only
/// how the rule's file is wrapped, blank lines separate.
[[nodiscard]] std::vector<std::string> paragraphs_of(std::string_view text);

/// The item and server in words: "tool `add` of server `calc`"; empty when neither is known.
/// Escaped and shortened.
[[nodiscard]] std::string item_phrase(const Finding& finding);

}  // namespace merlon
