/// The output for people: each finding as `file:line:col: severity: message [rule, tier]`, which
/// editors can jump to, then the source line with the place marked, what was seen, and what to do.
#include <algorithm>

#include "base/text.h"
#include "report/secret_mask.h"
#include "report/source_line.h"
#include "report/summary.h"
#include "report/writers.h"

namespace merlon {
namespace {

constexpr std::size_t kEvidenceBytes = 240;
constexpr std::size_t kMessageBytes = 600;
constexpr std::size_t kListed = 20;  ///< inputs or baseline entries listed below the summary

enum class Style { kPlain, kBold, kDim, kRed, kYellow, kCyan, kGreen };

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::kPlain: return "";
    case Style::kBold: return "\x1b[1m";
    case Style::kDim: return "\x1b[2m";
    case Style::kRed: return "\x1b[1;31m";
    case Style::kYellow: return "\x1b[1;33m";
    case Style::kCyan: return "\x1b[1;36m";
    case Style::kGreen: return "\x1b[1;32m";
  }
  return "";
}

Style style_of(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
    case Severity::kHigh: return Style::kRed;
    case Severity::kMedium: return Style::kYellow;
    case Severity::kLow:
    case Severity::kInfo: return Style::kCyan;
  }
  return Style::kPlain;
}

class TextReport {
 public:
  TextReport(const ScanReport& report, const WriterOptions& options)
      : report_(report), options_(options), mask_(report), summary_(summarise(report)) {}

  std::string write() {
    write_findings();
    if (!options_.quiet) {
      write_summary();
    }
    return std::move(out_);
  }

 private:
  std::string painted(Style style, std::string_view text) const {
    if (!options_.color || text.empty() || style == Style::kPlain) {
      return std::string(text);
    }
    return std::string(escape_of(style)) + std::string(text) + "\x1b[0m";
  }

  std::string safe(std::string_view text, std::size_t max_bytes) const {
    return shorten(escape_for_display(mask_.text(text)), max_bytes);
  }

  void write_findings();
  void write_file_heading(std::size_t first);
  void write_finding(const Finding& finding);
  void write_source(const Finding& finding, const std::string& gutter);
  void write_details(const Finding& finding, const std::string& gutter);
  void write_explanation(const Finding& finding, const std::string& gutter);
  void write_note(const std::string& gutter, std::string_view label, std::string_view text);
  void write_summary();
  void write_incomplete_inputs();
  void write_unused_baseline();

  const ScanReport& report_;
  const WriterOptions& options_;
  SecretMask mask_;
  ReportSummary summary_;
  std::string out_;
};

void TextReport::write_findings() {
  for (std::size_t i = 0; i < report_.findings.size(); ++i) {
    const bool new_file =
        i == 0 || report_.findings[i - 1].where.file != report_.findings[i].where.file;
    if (new_file) {
      write_file_heading(i);
    }
    write_finding(report_.findings[i]);
  }
}

void TextReport::write_file_heading(std::size_t first) {
  const std::string& file = report_.findings[first].where.file;
  const auto same_file = [&](const Finding& finding) { return finding.where.file == file; };
  const auto begin = report_.findings.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = std::find_if_not(begin, report_.findings.end(), same_file);
  const auto count = static_cast<std::uint64_t>(end - begin);
  const std::string name = file.empty()  ? "(no file)"
                           : file == "-" ? "(standard input)"
                                         : escape_for_display(file);
  out_ += painted(Style::kBold, "── " + name) + " (" + counted(count, "finding") + ")\n\n";
}

void TextReport::write_finding(const Finding& finding) {
  const std::string place = place_of(finding.where);
  if (!place.empty()) {
    out_ += painted(Style::kBold, place + ":") + " ";
  }
  const std::string suppressed = finding.suppression ? " (suppressed)" : "";
  out_ += painted(finding.suppression ? Style::kDim : style_of(finding.severity),
                  std::string(to_string(finding.severity)) + suppressed + ":");
  out_ += " " + painted(Style::kBold, safe(finding.message, kMessageBytes));
  out_ += " [" + escape_for_display(finding.rule_id) + ", " + std::string(to_string(finding.tier));
  if (finding.score > 0) {
    out_ += ", score " + std::to_string(finding.score);
  }
  out_ += "]\n";
  const std::string number = finding.where.line == 0 ? "" : std::to_string(finding.where.line);
  const std::string gutter(number.size() + 2, ' ');
  write_source(finding, gutter);
  write_details(finding, gutter);
  if (options_.explain) {
    write_explanation(finding, gutter);
  }
  out_ += "\n";
}

void TextReport::write_source(const Finding& finding, const std::string& gutter) {
  const SourceLine line = make_source_line(mask_.excerpt(finding.where, finding.secret));
  if (line.empty() || finding.where.line == 0) {
    return;
  }
  const Style style = style_of(finding.severity);
  const std::string bar = painted(Style::kDim, "|");
  out_ += " " + painted(Style::kDim, std::to_string(finding.where.line)) + " " + bar + " " +
          line.before + painted(style, line.marked) + line.after + "\n";
  out_ += gutter + bar + " " + std::string(display_width(line.before), ' ') +
          painted(style, std::string(std::max<std::size_t>(display_width(line.marked), 1), '^')) +
          "\n";
}

void TextReport::write_note(const std::string& gutter, std::string_view label,
                            std::string_view text) {
  out_ += gutter + painted(Style::kDim, "=") + " " +
          painted(Style::kBold, std::string(label) + ":") + " " + std::string(text) + "\n";
}

void TextReport::write_details(const Finding& finding, const std::string& gutter) {
  if (const std::string item = item_phrase(finding); !item.empty()) {
    write_note(gutter, "in", mask_.text(item));
  }
  // What is marked in the source line needs no second showing.
  const bool shown = finding.evidence.decoded_by.empty() &&
                     finding.evidence.text == mask_.excerpt(finding.where, finding.secret).marked;
  if (!finding.evidence.text.empty() && !shown) {
    std::string seen = "`" + safe(finding.evidence.text, kEvidenceBytes) + "`";
    if (!finding.evidence.decoded_by.empty()) {
      seen += " (decoded from " + escape_for_display(join(finding.evidence.decoded_by, ", then ")) +
              ")";
    }
    write_note(gutter, "seen", seen);
  }
  for (const ScoreSignal& signal : finding.signals) {
    write_note(gutter, "signal",
               escape_for_display(signal.rule_id) + " +" + std::to_string(signal.score) + ": `" +
                   safe(signal.evidence, kEvidenceBytes) + "`");
  }
  for (const RelatedPlace& related : finding.related) {
    write_note(gutter, "see",
               place_of(related.where) + ": " + safe(related.message, kMessageBytes));
  }
  if (!finding.remedy.empty()) {
    write_note(gutter, "fix", safe(finding.remedy, kMessageBytes));
  }
  if (finding.suppression) {
    const Suppression& suppression = *finding.suppression;
    std::string by = suppression.by == "config"
                         ? "switched off in the configuration"
                         : "accepted in the " + escape_for_display(suppression.by);
    if (!suppression.owner.empty()) {
      by += " by " + safe(suppression.owner, kEvidenceBytes);
    }
    if (!suppression.expires.empty()) {
      by += " until " + escape_for_display(suppression.expires);
    }
    write_note(gutter, "suppressed", by + ": " + safe(suppression.reason, kMessageBytes));
  }
}

void TextReport::write_explanation(const Finding& finding, const std::string& gutter) {
  const Rule* rule = find_rule(report_, finding.rule_id);
  if (rule == nullptr) {
    return;
  }
  for (const std::string& paragraph : paragraphs_of(rule->description)) {
    write_note(gutter, "why", paragraph);
  }
  if (!finding.taxonomies.empty()) {
    write_note(gutter, "class", escape_for_display(join(finding.taxonomies, ", ")));
  }
  for (const std::string& reference : rule->references) {
    write_note(gutter, "read", escape_for_display(reference));
  }
}

void TextReport::write_incomplete_inputs() {
  std::size_t listed = 0;
  for (const CoverageEntry& entry : report_.coverage) {
    const bool failed = entry.state == CoverageState::kFailed;
    if (!failed && entry.state != CoverageState::kPartial) {
      continue;
    }
    if (++listed > kListed) {
      continue;
    }
    out_ += painted(failed ? Style::kRed : Style::kYellow, failed ? "  FAILED  " : "  partly  ") +
            escape_for_display(entry.file) + ": " + safe(entry.reason, kMessageBytes) + "\n";
  }
  if (listed > kListed) {
    out_ += "  and " + std::to_string(listed - kListed) + " more\n";
  }
}

void TextReport::write_unused_baseline() {
  const auto& unused = report_.unused_baseline;
  if (unused.empty()) {
    return;
  }
  const bool one = unused.size() == 1;
  out_ += "baseline: " + std::to_string(unused.size()) +
          (one ? " entry accepts" : " entries accept") + " nothing\n";
  for (std::size_t i = 0; i < std::min(unused.size(), kListed); ++i) {
    out_ += "  " + safe(unused[i], kMessageBytes) + "\n";
  }
  if (unused.size() > kListed) {
    out_ += "  and " + std::to_string(unused.size() - kListed) + " more\n";
  }
}

void TextReport::write_summary() {
  out_ += findings_sentence(summary_) + "\n";
  out_ += coverage_sentence(summary_);
  if (report_.estimated_tokens > 0) {
    out_ += " (tool definitions cost about " + counted(report_.estimated_tokens, "token") + ")";
  }
  out_ += "\n";
  write_incomplete_inputs();
  write_unused_baseline();
  const Style style = summary_.verdict == ReportVerdict::kPass   ? Style::kGreen
                      : summary_.verdict == ReportVerdict::kFail ? Style::kRed
                                                                 : Style::kYellow;
  out_ += painted(style, verdict_sentence(report_, summary_)) + "\n";
}

}  // namespace

std::string write_text(const ScanReport& report, const WriterOptions& options) {
  return TextReport(report, options).write();
}

}  // namespace merlon
