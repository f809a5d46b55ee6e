/// A comment for a pull or merge request. Whatever came from a scanned file stands in a code span
/// or a fenced block, the only places where GitHub and GitLab take text as it is: no HTML, no link,
/// no image, no @mention, no #reference, no emoji. Spans and fences are longer than any run of
/// backticks in them; `|` is written `\u{7C}` since it would end a table cell.
#include <algorithm>

#include "base/text.h"
#include "report/secret_mask.h"
#include "report/source_line.h"
#include "report/summary.h"
#include "report/writers.h"

namespace merlon {
namespace {

constexpr std::size_t kMaxBytes = 60'000;   ///< GitHub takes 65,536 characters
constexpr std::size_t kClosingBytes = 400;  ///< kept free for "and N more" and closing tags
constexpr std::size_t kTableBytes = 30'000;
constexpr std::size_t kCellBytes = 200;
constexpr std::size_t kMarkdownTextBytes = 600;

std::size_t longest_backtick_run(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// A code span with exactly this content. Blanks at both edges would be taken off, so the span gets
// its own.
std::string code_span(std::string_view text, std::size_t max_bytes) {
  std::string content = shorten(escape_for_display(text), max_bytes);
  for (std::size_t at = content.find('|'); at != std::string::npos; at = content.find('|', at)) {
    content.replace(at, 1, "\\u{7C}");
  }
  if (trim(content).empty()) {
    return content.empty() ? "" : "` `";
  }
  const std::string fence(longest_backtick_run(content) + 1, '`');
  const bool padded = content.front() == '`' || content.back() == '`' || content.front() == ' ' ||
                      content.back() == ' ';
  const std::string pad(padded ? 1 : 0, ' ');
  return fence + pad + content + pad + fence;
}

std::string fenced(const std::string& lines) {
  const std::string fence(std::max<std::size_t>(longest_backtick_run(lines) + 1, 3), '`');
  return fence + "text\n" + lines + fence + "\n";
}

std::string_view mark_of(ReportVerdict verdict) {
  switch (verdict) {
    case ReportVerdict::kPass: return "✅";
    case ReportVerdict::kFail: return "❌";
    case ReportVerdict::kIncomplete: return "⚠️";
  }
  return "";
}

class MarkdownReport {
 public:
  MarkdownReport(const ScanReport& report, const WriterOptions& options)
      : report_(report), options_(options), mask_(report), summary_(summarise(report)) {
    for (const Finding& finding : report.findings) {
      if (!finding.suppression) {
        shown_.push_back(&finding);
      }
    }
    // What decides first, then the worst: a bounded comment must not lose them.
    const auto rank = [&](const Finding* finding) {
      return std::pair(is_failing(report, *finding), finding->severity);
    };
    std::stable_sort(shown_.begin(), shown_.end(),
                     [&](const Finding* a, const Finding* b) { return rank(a) > rank(b); });
  }

  std::string write() {
    write_heading();
    write_table();
    write_details();
    if (!options_.quiet) {
      write_inputs();
    }
    return std::move(out_);
  }

 private:
  void write_heading();
  void write_table();
  void write_details();
  void write_inputs();
  [[nodiscard]] std::string row(const Finding& finding) const;
  [[nodiscard]] std::string detail(const Finding& finding) const;
  [[nodiscard]] std::string span(std::string_view text, std::size_t max_bytes) const {
    return code_span(mask_.text(text), max_bytes);
  }
  [[nodiscard]] bool fits(std::size_t bytes, std::size_t limit) const {
    return out_.size() + bytes + kClosingBytes <= limit;
  }

  const ScanReport& report_;
  const WriterOptions& options_;
  SecretMask mask_;
  ReportSummary summary_;
  std::vector<const Finding*> shown_;
  std::string out_;
};

void MarkdownReport::write_heading() {
  out_ += "### " + std::string(mark_of(summary_.verdict)) +
          " merlon scan: " + verdict_sentence(report_, summary_) + "\n\n";
  if (options_.quiet) {
    return;
  }
  out_ += findings_sentence(summary_) + " · " + coverage_sentence(summary_) + "\n\n";
}

std::string MarkdownReport::row(const Finding& finding) const {
  return "| **" + std::string(to_string(finding.severity)) + "**" +
         (finding.tier == Tier::kSoft ? " (soft)" : "") + " | " +
         code_span(place_of(finding.where), kCellBytes) + " | " +
         code_span(finding.rule_id, kCellBytes) + " | " + span(finding.message, kCellBytes) +
         " |\n";
}

void MarkdownReport::write_table() {
  if (shown_.empty()) {
    return;
  }
  out_ += "| severity | place | rule | finding |\n| --- | --- | --- | --- |\n";
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const std::string line = row(*shown_[i]);
    if (!fits(line.size(), kTableBytes)) {
      out_ += "\nand " + std::to_string(shown_.size() - i) + " more\n";
      break;
    }
    out_ += line;
  }
  out_ += "\n";
}

std::string MarkdownReport::detail(const Finding& finding) const {
  std::string out = "**" + std::string(to_string(finding.severity)) + "** " +
                    code_span(finding.rule_id, kCellBytes) + " at " +
                    code_span(place_of(finding.where), kMarkdownTextBytes) + "\n\n";
  out += span(finding.message, kMarkdownTextBytes) + "\n\n";
  const SourceLine line = make_source_line(mask_.excerpt(finding.where, finding.secret));
  if (!line.empty()) {
    out += fenced(line.line() + "\n" + line.underline() + "\n") + "\n";
  }
  const auto add = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) {
      out += "- " + std::string(label) + ": " + value + "\n";
    }
  };
  add("in", span(finding.item, kCellBytes));
  add("server", span(finding.server, kCellBytes));
  std::string seen = span(finding.evidence.text, kMarkdownTextBytes);
  for (const std::string& layer : finding.evidence.decoded_by) {
    seen += " ← " + code_span(layer, kCellBytes);
  }
  add("seen", seen);
  for (const RelatedPlace& related : finding.related) {
    add("see", code_span(place_of(related.where), kCellBytes) + " " +
                   span(related.message, kMarkdownTextBytes));
  }
  add("fix", span(finding.remedy, kMarkdownTextBytes));
  const Rule* rule = options_.explain ? find_rule(report_, finding.rule_id) : nullptr;
  if (rule != nullptr) {
    add("why", span(join(paragraphs_of(rule->description), " "), kMarkdownTextBytes));
    for (const std::string& reference : rule->references) {
      add("read", span(reference, kMarkdownTextBytes));
    }
  }
  return out + "\n";
}

void MarkdownReport::write_details() {
  if (shown_.empty()) {
    return;
  }
  out_ += "<details><summary>Details and what to do</summary>\n\n";
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const std::string text = detail(*shown_[i]);
    if (!fits(text.size(), kMaxBytes)) {
      out_ += "and " + std::to_string(shown_.size() - i) + " more\n\n";
      break;
    }
    out_ += text;
  }
  out_ += "</details>\n";
}

void MarkdownReport::write_inputs() {
  std::string lines;
  std::size_t left_out = 0;
  for (const CoverageEntry& entry : report_.coverage) {
    if (entry.state != CoverageState::kFailed && entry.state != CoverageState::kPartial) {
      continue;
    }
    const std::string line = "- " + std::string(to_string(entry.state)) + ": " +
                             code_span(entry.file, kCellBytes) + " " +
                             span(entry.reason, kCellBytes) + "\n";
    if (fits(lines.size() + line.size(), kMaxBytes)) {
      lines += line;
    } else {
      ++left_out;
    }
  }
  if (lines.empty() && left_out == 0) {
    return;
  }
  out_ += "\nNot fully looked at:\n\n" + lines;
  if (left_out > 0) {
    out_ += "- and " + std::to_string(left_out) + " more\n";
  }
}

}  // namespace

std::string write_markdown(const ScanReport& report, const WriterOptions& options) {
  return MarkdownReport(report, options).write();
}

}  // namespace merlon
