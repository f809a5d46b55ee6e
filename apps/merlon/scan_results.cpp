#include "scan_results.h"

#include <algorithm>
#include <ostream>

#include "base/files.h"
#include "base/text.h"
#include "console.h"
#include "exit_code.h"

namespace merlon::cli {

std::optional<int> write_new_baseline(Env& env, const ScanOptions& options, const NewBaseline& how,
                                      ScanReport& report) {
  if (options.write_baseline.empty()) {
    return std::nullopt;
  }
  const WrittenBaseline written = write_baseline(report, {.owner = options.owner,
                                                          .reason = options.reason,
                                                          .expires = options.expires,
                                                          .today = how.today,
                                                          .previous = how.previous});
  if (const Status status = write_file_atomically(options.write_baseline, written.text); !status) {
    env.err << render(status.error());
    return kEnvironment;
  }
  if (!options.quiet) {
    env.err << "merlon: wrote " << counted(written.entries, "accepted finding") << " to `"
            << escape_for_display(options.write_baseline) << "`";
    if (written.refused > 0) {
      env.err << "; " << written.refused << " can never be accepted";
    }
    env.err << '\n';
  }
  // What was just accepted does not count any more.
  const auto accepted =
      parse_baseline(SourceText::copy_of(options.write_baseline, written.text), how.limits);
  if (accepted) {
    apply_baseline(report, *accepted, how.today);
  }
  return std::nullopt;
}

std::optional<int> write_scan_outputs(Env& env, const ScanOptions& options,
                                      const ScanReport& report) {
  // What makes the scan fail is never left out: a report must not read `pass` beside exit code 1.
  const Severity least = std::min(options.min_severity.value_or(Severity::kInfo), report.fail_on);
  ScanReport shown = report;
  std::erase_if(shown.findings, [&](const Finding& finding) { return finding.severity < least; });
  for (const ScanOutput& output : options.outputs) {
    const bool to_stdout = output.file.empty();
    const WriterOptions how{
        .color = use_color(options.color, env, to_stdout && env.out_is_terminal),
        .explain = options.explain,
        .quiet = options.quiet};
    const std::string text = output.writer->write(shown, how);
    if (to_stdout) {
      env.out << text;
    } else if (const Status status = write_file_atomically(output.file, text); !status) {
      env.err << render(status.error());
      return kEnvironment;
    }
  }
  return std::nullopt;
}

int finish_scan(Env& env, const ScanReport& report) {
  for (const CoverageEntry& entry : report.coverage) {
    env.err << entry.rendered_error;
  }
  if (report.count_failing() > 0) {
    return kNo;
  }
  return report.incomplete() ? kIncomplete : kYes;
}

}  // namespace merlon::cli
