#include <chrono>
#include <ostream>

#include "capture/client.h"
#include "capture/snapshot.h"
#include "capture/stdio_channel.h"
#include "capture_arguments.h"
#include "capture_plan.h"
#include "capture_results.h"
#include "exit_code.h"
#include "progress.h"

namespace merlon::cli {
namespace {

int capture_plan_error(Env& env, const Error& error) {
  env.err << render(error);
  const bool wrong_words = error.code == ErrorCode::kUsage || error.code == ErrorCode::kUnsupported;
  return wrong_words ? kUsageError : kIncomplete;
}

CaptureOutcome capture_planned(Env& env, const CapturePlan& plan, CaptureOptions how) {
  Progress progress(env, "waiting for the server,");
  const auto start = env.clock.steady();
  how.progress = [&](std::string_view) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::seconds>(env.clock.steady() - start);
    progress.update(static_cast<std::uint64_t>(passed.count()), 0, "s");
  };
  const StdioLimits stdio{.total_bytes = how.limits.capture_bytes};
  const auto connector = make_stdio_connector(plan.launch, stdio, env.clock);
  CaptureOutcome outcome = capture_server(*connector, how, env.clock);
  progress.clear();
  return outcome;
}

}  // namespace

int cmd_capture(Env& env, std::span<const std::string> args);

int cmd_capture(Env& env, std::span<const std::string> args) {
  const auto [arguments, exit] = parse_capture_arguments(env, args);
  if (exit) {
    return *exit;
  }
  const auto plan = make_capture_plan(env, arguments);
  if (!plan) {
    return capture_plan_error(env, plan.error());
  }
  CaptureOutcome outcome = capture_planned(env, *plan, arguments.how);
  if (outcome.failure) {
    return report_capture_failure(env, *plan, *outcome.failure, outcome);
  }
  const Limits& limits = arguments.how.limits;
  const Snapshot snapshot = make_capture_snapshot(arguments, *plan, outcome, env.clock);
  if (const auto code = write_capture(env, arguments.output, write_snapshot(snapshot, limits))) {
    return *code;
  }
  if (!arguments.quiet) {
    print_capture_summary(env, *plan, snapshot, outcome.remarks, limits);
  }
  return snapshot.complete ? kYes : kIncomplete;
}

}  // namespace merlon::cli
