#include <algorithm>
#include <optional>
#include <utility>

#include "commands.h"
#include "exit_code.h"
#include "progress.h"
#include "scan/baseline.h"
#include "scan/scanner.h"
#include "scan_collect.h"
#include "scan_lines.h"
#include "scan_lists.h"
#include "scan_lock.h"
#include "scan_options.h"
#include "scan_results.h"
#include "scan_setup.h"

namespace merlon::cli {

int cmd_scan(Env& env, std::span<const std::string> args);

namespace {

ScanReport scan_with_progress(Env& env, const ScanOptions& options, ScanSetup& setup,
                              ScanInputs inputs) {
  ScanSettings& settings = setup.settings;
  settings.manifest_format = options.manifest_format;
  settings.jobs = static_cast<unsigned>(std::min<std::uint64_t>(options.jobs, 256));
  std::optional<Progress> progress;
  if (!options.quiet && env.err_is_terminal) {
    progress.emplace(env, "scanning");
    settings.progress = [&progress](const ScanProgress& at) {
      progress->update(at.done, at.total, at.file);
    };
  }
  ScanReport report = scan(std::move(inputs), settings, setup.rules);
  settings.progress = nullptr;
  return report;
}

/// Each step answers with an exit code when the run must end there.
int run_scan(Env& env, ScanOptions& options) {
  ScanLock lock(env, {.compare = options.lock,
                      .write = options.write_lock,
                      .git = options.git,
                      .rev = options.rev,
                      .since = options.since,
                      .quiet = options.quiet,
                      .keys = options.signed_files.lock_keys,
                      .signed_terms = scan_signed_terms(
                          options.signed_files, options.today.value_or(today(env.clock)), {})});
  ScanSetup setup;
  if (const auto code = load_scan_setup(env, options, setup)) {
    return *code;
  }
  if (const auto code = lock.prepare(setup.settings, setup.rules)) {
    return *code;
  }
  ScanInputs inputs;
  if (const auto code = collect_scan_inputs(env, options, setup.settings.limits, inputs)) {
    return *code;
  }
  ScanReport report = scan_with_progress(env, options, setup, std::move(inputs));
  report.tool_version = MERLON_VERSION;
  report.fail_on = options.fail_on.value_or(Severity::kHigh);
  const Date date = options.today.value_or(today(env.clock));
  if (setup.baseline) {
    apply_baseline(report, *setup.baseline, date);
  }
  if (const auto code = lock.finish()) {
    return *code;
  }
  const NewBaseline fresh{.limits = setup.settings.limits,
                          .previous = setup.baseline ? &*setup.baseline : nullptr,
                          .today = date};
  if (const auto code = write_new_baseline(env, options, fresh, report)) {
    return *code;
  }
  if (const auto code = write_scan_outputs(env, options, report)) {
    return *code;
  }
  return finish_scan(env, report);
}

}  // namespace

int cmd_scan(Env& env, std::span<const std::string> args) {
  ParsedScanOptions parsed = parse_scan_options(env, args);
  if (parsed.exit) {
    return *parsed.exit;
  }
  if (parsed.options.list_formats) {
    return list_scan_formats(env);
  }
  if (parsed.options.list_clients) {
    return list_scan_clients(env);
  }
  if (parsed.options.ndjson) {
    return scan_lines(env, parsed.options);
  }
  return run_scan(env, parsed.options);
}

}  // namespace merlon::cli
