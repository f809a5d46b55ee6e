#include "capture_results.h"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "capture/differences.h"
#include "capture/redaction.h"
#include "exit_code.h"

namespace merlon::cli {
namespace {

constexpr std::size_t kShownErrorBytes = 300;

std::string capture_time(const Clock& clock) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  const std::chrono::hh_mm_ss time(now - std::chrono::floor<std::chrono::days>(now));
  const auto two = [](std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  return to_string(today(clock)) + "T" + two(time.hours().count()) + ":" +
         two(time.minutes().count()) + ":" + two(time.seconds().count()) + "Z";
}

}  // namespace

Snapshot make_capture_snapshot(const CaptureArguments& arguments, const CapturePlan& plan,
                               CaptureOutcome& outcome, const Clock& clock) {
  const Limits& limits = arguments.how.limits;
  const Redactor redactor(plan.secrets);
  Snapshot snapshot;
  if (arguments.timestamp) {
    snapshot.captured_at = capture_time(clock);
  }
  snapshot.configured_name = plan.configured_name;
  snapshot.words = mask_words(plan.words).words;
  snapshot.environment = plan.variables;
  for (EraSurface& surface : outcome.eras) {
    if (redactor.apply_to_surface(surface, limits)) {
      outcome.notes.push_back(
          {.era = surface.era,
           .message = "the server repeats a secret of its launch; it was replaced by `<secret>`",
           .incomplete = false});
    }
  }
  snapshot.complete = outcome.complete();
  snapshot.notes = outcome.notes;
  for (CaptureNote& note : snapshot.notes) {
    note.message = Redactor(plan.given_values).apply(note.message);
  }
  std::sort(snapshot.notes.begin(), snapshot.notes.end());
  snapshot.eras = std::move(outcome.eras);
  snapshot.differences = find_differences(snapshot.eras, limits);
  return snapshot;
}

std::optional<int> write_capture(Env& env, const std::string& output, const std::string& text) {
  if (output.empty() || output == "-") {
    env.out << text;
    return std::nullopt;
  }
  if (const Status written = write_file_atomically(output, text); !written) {
    env.err << render(written.error());
    return kEnvironment;
  }
  return std::nullopt;
}

void print_capture_summary(Env& env, const CapturePlan& plan, const Snapshot& snapshot,
                           const std::vector<std::string>& remarks, const Limits& limits) {
  const Redactor redactor(plan.given_values);
  const ServerIdentity server = identity_of(snapshot.eras, limits);
  const std::string name = server.name.empty() ? "a server without a name" : server.name;
  env.err << "merlon: captured "
          << escape_for_display(
                 redactor.apply(name + (server.version.empty() ? "" : " " + server.version)))
          << '\n';
  for (const EraSurface& surface : snapshot.eras) {
    env.err << "merlon: " << to_string(surface.era) << " era ("
            << escape_for_display(surface.protocol_version)
            << "): " << counted(surface.list(ListKind::kTools).size(), "tool") << ", "
            << counted(surface.list(ListKind::kPrompts).size(), "prompt") << ", "
            << counted(surface.list(ListKind::kResources).size(), "resource") << ", "
            << counted(surface.list(ListKind::kResourceTemplates).size(), "template")
            << (surface.instructions.empty() ? "" : ", instructions") << '\n';
  }
  if (!snapshot.differences.empty()) {
    env.err << "merlon: the eras differ in " << counted(snapshot.differences.size(), "definition")
            << '\n';
  }
  for (const CaptureNote& note : snapshot.notes) {
    env.err << "merlon: " << (note.incomplete ? "incomplete: " : "note: ")
            << (note.era ? std::string(to_string(*note.era)) + " era: " : "") << note.message
            << '\n';
  }
  for (const std::string& remark : remarks) {
    env.err << "merlon: note: " << redactor.apply(remark) << '\n';
  }
}

int report_capture_failure(Env& env, const CapturePlan& plan, Error failure,
                           const CaptureOutcome& outcome) {
  const Redactor redactor(plan.given_values);
  failure.message = redactor.apply(failure.message);
  env.err << render(failure);
  for (const std::string& line : outcome.error_lines) {
    env.err << "merlon: server: "
            << escape_for_display(shorten(redactor.apply(line), kShownErrorBytes)) << '\n';
  }
  for (const std::string& remark : outcome.remarks) {
    env.err << "merlon: note: " << redactor.apply(remark) << '\n';
  }
  return failure.code == ErrorCode::kProcess ? kEnvironment : kIncomplete;
}

}  // namespace merlon::cli
