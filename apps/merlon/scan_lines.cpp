#include "scan_lines.h"

#include <ostream>
#include <utility>

#include "exit_code.h"
#include "line_inputs.h"
#include "report/writer.h"
#include "scan/folder_walk.h"
#include "scan/scanner.h"
#include "scan_setup.h"

namespace merlon::cli {
namespace {

/// JSON without the blanks between its parts.
std::string json_on_one_line(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  bool in_string = false;
  bool escaped = false;
  for (const char c : json) {
    if (in_string || (c != ' ' && c != '\n' && c != '\t' && c != '\r')) {
      out.push_back(c);
    }
    if (c == '"' && !escaped) {
      in_string = !in_string;
    }
    escaped = in_string && c == '\\' && !escaped;
  }
  return out;
}

ScanReport scan_line(const FileSource& files, const std::string& name, const ScanOptions& options,
                     const ScanSetup& setup) {
  ScanInputs inputs;
  collect_file(inputs, files, name, name);
  ScanReport report = scan(std::move(inputs), setup.settings, setup.rules);
  report.tool_version = MERLON_VERSION;
  report.fail_on = options.fail_on.value_or(Severity::kHigh);
  return report;
}

}  // namespace

int scan_lines(Env& env, ScanOptions& options) {
  ScanSetup setup;
  if (const auto code = load_scan_setup(env, options, setup)) {
    return *code;
  }
  setup.settings.manifest_format = options.manifest_format;
  setup.settings.jobs = 1;
  const auto lines = LineInputs::read_all(env);
  if (!lines) {
    for (const Error& error : lines.error()) {
      env.err << render(error);
    }
    return kIncomplete;
  }
  const Date date = options.today.value_or(today(env.clock));
  for (const std::string& name : (*lines)->names()) {
    ScanReport report = scan_line(**lines, name, options, setup);
    if (setup.baseline) {
      apply_baseline(report, *setup.baseline, date);
    }
    env.out << json_on_one_line(find_writer("json")->write(report, {})) << '\n';
  }
  // What came of each line is in its line: a pipe that ends with another code is a broken one.
  return kYes;
}

}  // namespace merlon::cli
