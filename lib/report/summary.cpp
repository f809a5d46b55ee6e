#include "report/summary.h"

#include <algorithm>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kNameBytes = 120;

void count_coverage(ReportSummary& summary, const CoverageEntry& entry) {
  switch (entry.state) {
    case CoverageState::kScanned: ++summary.scanned; break;
    case CoverageState::kPartial: ++summary.partial; break;
    case CoverageState::kSkipped: ++summary.skipped; break;
    case CoverageState::kFailed: ++summary.failed; break;
  }
  summary.bytes += entry.bytes;
  summary.servers += entry.servers;
  summary.tools += entry.tools;
  summary.items += entry.items;
  summary.strings += entry.strings;
}

std::string display_name(std::string_view name) {
  return "`" + shorten(escape_for_display(name), kNameBytes) + "`";
}

// The word for the thing a finding is in, by its surface: "tool", "prompt", ...
std::string_view item_word(std::string_view surface) {
  for (const std::string_view word : {"tool", "prompt", "resource", "skill"}) {
    if (surface.starts_with(word)) {
      return word;
    }
  }
  return surface.starts_with("schema") || surface == "annotation" ? "tool" : "item";
}

}  // namespace

std::string_view to_string(ReportVerdict verdict) {
  switch (verdict) {
    case ReportVerdict::kPass: return "pass";
    case ReportVerdict::kFail: return "fail";
    case ReportVerdict::kIncomplete: return "incomplete";
  }
  return "incomplete";
}

bool is_failing(const ScanReport& report, const Finding& finding) {
  return !finding.suppression && finding.tier == Tier::kHard && finding.severity >= report.fail_on;
}

ReportSummary summarise(const ScanReport& report) {
  ReportSummary summary;
  for (const Finding& finding : report.findings) {
    if (finding.suppression) {
      ++summary.suppressed;
      continue;
    }
    ++summary.findings;
    summary.failing += is_failing(report, finding) ? 1U : 0U;
    const bool above = finding.severity >= report.fail_on;
    summary.soft_above += above && finding.tier == Tier::kSoft ? 1U : 0U;
    ++summary.by_severity[static_cast<std::size_t>(finding.severity)];
  }
  for (const CoverageEntry& entry : report.coverage) {
    count_coverage(summary, entry);
  }
  summary.verdict = summary.failing > 0   ? ReportVerdict::kFail
                    : report.incomplete() ? ReportVerdict::kIncomplete
                                          : ReportVerdict::kPass;
  return summary;
}

std::string findings_sentence(const ReportSummary& summary) {
  std::string out =
      summary.findings == 0 ? std::string("no findings") : counted(summary.findings, "finding");
  std::vector<std::string> parts;
  for (const Severity severity : kSeveritiesFromWorst) {
    if (const std::size_t count = summary.count(severity); count > 0) {
      parts.push_back(std::to_string(count) + " " + std::string(to_string(severity)));
    }
  }
  if (!parts.empty()) {
    out += ": " + join(parts, ", ");
  }
  if (summary.suppressed > 0) {
    out += "; " + std::to_string(summary.suppressed) + " suppressed";
  }
  return out;
}

std::string coverage_sentence(const ReportSummary& summary) {
  std::string out = "scanned " + counted(summary.scanned + summary.partial, "file") + ", " +
                    counted(summary.servers, "server") + ", " + counted(summary.tools, "tool");
  std::vector<std::string> parts;
  if (summary.partial > 0) {
    parts.push_back(std::to_string(summary.partial) + " only PARTLY");
  }
  if (summary.skipped > 0) {
    parts.push_back(std::to_string(summary.skipped) + " skipped");
  }
  if (summary.failed > 0) {
    parts.push_back(std::to_string(summary.failed) + " FAILED");
  }
  if (!parts.empty()) {
    out += "; " + join(parts, ", ");
  }
  return out;
}

std::string verdict_sentence(const ScanReport& report, const ReportSummary& summary) {
  const std::string level = "`" + std::string(to_string(report.fail_on)) + "`";
  const std::size_t unread = summary.failed + summary.partial;
  const std::string not_seen =
      counted(unread, "file") + (unread == 1 ? " was" : " were") + " not fully looked at";
  switch (summary.verdict) {
    case ReportVerdict::kFail:
      return "fail: " + counted(summary.failing, "finding") + " at or above " + level +
             (unread > 0 ? ", and " + not_seen : "");
    case ReportVerdict::kIncomplete:
      return "incomplete: " + not_seen + ", so nothing can be said about the whole";
    case ReportVerdict::kPass: break;
  }
  if (summary.scanned == 0) {
    return "nothing was scanned: no input has a known format";
  }
  if (summary.findings == 0) {
    return summary.suppressed == 0 ? "pass: nothing was found"
                                   : "pass: nothing was found but what is accepted";
  }
  if (summary.soft_above > 0) {
    return "pass: nothing at or above " + level + " but " +
           counted(summary.soft_above, "soft signal") + ", which no finding is made of alone";
  }
  return "pass: nothing at or above " + level;
}

const Rule* find_rule(const ScanReport& report, std::string_view id) {
  const auto found =
      std::lower_bound(report.rules.begin(), report.rules.end(), id,
                       [](const Rule& rule, std::string_view wanted) { return rule.id < wanted; });
  return found != report.rules.end() && found->id == id ? &*found : nullptr;
}

std::string place_of(const Location& where) {
  std::string out = escape_for_display(where.file);
  if (where.line != 0) {
    out += ":" + std::to_string(where.line) + ":" + std::to_string(where.column);
  }
  return out;
}

std::vector<std::string> paragraphs_of(std::string_view text) {
  std::vector<std::string> out;
  bool open = false;
  for (const std::string_view line : split(text, '\n')) {
    const std::string shown = escape_for_display(trim(line));
    if (shown.empty()) {
      open = false;
    } else if (open) {
      out.back() += " " + shown;
    } else {
      out.push_back(shown);
      open = true;
    }
  }
  return out;
}

std::string item_phrase(const Finding& finding) {
  std::string out;
  if (!finding.item.empty()) {
    out = std::string(item_word(finding.surface)) + " " + display_name(finding.item);
  }
  if (!finding.server.empty()) {
    out += (out.empty() ? "server " : " of server ") + display_name(finding.server);
  }
  return out;
}

}  // namespace merlon
