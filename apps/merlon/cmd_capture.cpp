#include <algorithm>
#include <chrono>
#include <ostream>

#include "base/process/child_process.h"
#include "base/process/environment.h"
#include "base/text.h"
#include "capture/client.h"
#include "capture/configured_launch.h"
#include "capture/differences.h"
#include "capture/redaction.h"
#include "capture/snapshot.h"
#include "capture/stdio_channel.h"
#include "exit_code.h"
#include "options.h"
#include "progress.h"

namespace merlon::cli {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kShownErrorBytes = 300;

struct CaptureArguments {
  std::string config;
  std::string server;
  std::vector<std::string> inputs;
  std::string workspace;
  std::string output;
  std::string era{"auto"};
  std::string timeout;
  std::string request_timeout;
  std::vector<std::string> env_allow;
  std::vector<std::string> limits;
  bool timestamp{false};
  bool quiet{false};
  std::vector<std::string> command;
};

/// What is to be started, from the command line or a configuration.
struct Plan {
  std::string configured_name;
  std::vector<std::string> words;  ///< as typed or as in the file
  Launch launch;
  std::vector<std::string> variables;     ///< names that were named
  std::vector<std::string> given_values;  ///< values of these: masked in messages
  std::vector<std::string> secrets;  ///< those that are secrets: masked in the snapshot as well
};

void declare_capture(Options& options, CaptureArguments& arguments) {
  options.describe(
      "Starts the server, asks it for its tools, prompts, resources and instructions, and writes "
      "the "
      "answers as a snapshot that scan reads. The server is asked as a client of the modern "
      "protocol first and, in a fresh process, as an older one; differences are listed.\n\n"
      "This runs the server's code under your account. Nothing that it starts is left when capture "
      "ends.");
  options.rest("COMMAND", arguments.command, "the program to start and its arguments; no shell");
  options.value("--config,-c", arguments.config, "FILE",
                "take the command from this client configuration, with --server");
  options.value("--server,-s", arguments.server, "NAME", "which server of the configuration");
  options.value(
      "--input", arguments.inputs, "ID=VALUE",
      "with --config: what stands for ${input:ID} and for other values that a client asks "
      "a person for; may be given more than once");
  options.value("--workspace", arguments.workspace, "DIR",
                "with --config: what stands for ${workspaceFolder} (the current folder)");
  options.value("--output,-o", arguments.output, "FILE",
                "write the snapshot here and not to standard output");
  options.value(
      "--env-allow", arguments.env_allow, "NAME",
      "pass this environment variable on; may be given more than once. HOME, LANG, LC_ALL, "
      "LOGNAME, "
      "PATH, SHELL, TERM, TMPDIR, USER and what the configuration sets are passed on in any case, "
      "nothing else");
  options.choice("--era", arguments.era, {"auto", "modern", "legacy"},
                 "which protocol era to speak");
  options.value(
      "--timeout", arguments.timeout, "TIME",
      "until the first answer, such as 90s or 500ms (default: 120s; a first npx is slow)");
  options.value("--request-timeout", arguments.request_timeout, "TIME",
                "for each later answer (default: 30s)");
  options.value(
      "--limit", arguments.limits, "NAME=VALUE",
      "change a limit, see docs/spec/limits.md: capture-bytes, json-depth, json-nodes, file-bytes");
  options.flag("--timestamp", arguments.timestamp,
               "write the time into the snapshot, which then differs each time");
  options.flag("--quiet,-q", arguments.quiet, "no summary on standard error");
  options.example(
      "merlon capture -o files.json -- npx -y @modelcontextprotocol/server-filesystem /data",
      "start a server and keep what it says");
  options.example("merlon capture --config .mcp.json --server github | merlon scan -",
                  "capture a configured server and scan it");
}

int usage_error(Env& env, std::string message, std::string hint) {
  env.err << render(Error{.code = ErrorCode::kUsage,
                          .message = std::move(message),
                          .where = {},
                          .hints = {std::move(hint)}});
  return kUsageError;
}

/// `90s`, `500ms`, `2m`, `90`; nothing for anything else, and for zero.
std::optional<milliseconds> parse_time(std::string_view text) {
  std::int64_t unit = 1000;
  if (text.ends_with("ms")) {
    unit = 1;
    text.remove_suffix(2);
  } else if (text.ends_with('s')) {
    text.remove_suffix(1);
  } else if (text.ends_with('m')) {
    unit = 60'000;
    text.remove_suffix(1);
  }
  constexpr std::uint64_t kMost = 1'000'000;
  const auto number = parse_unsigned(text);
  if (!number || *number == 0 || *number > kMost) {
    return std::nullopt;
  }
  return milliseconds(static_cast<std::int64_t>(*number) * unit);
}

std::optional<int> set_time(Env& env, std::string_view name, const std::string& text,
                            milliseconds& target) {
  if (text.empty()) {
    return std::nullopt;
  }
  const auto time = parse_time(text);
  if (!time) {
    return usage_error(env, "`" + std::string(name) + "` takes a time, not `" + text + "`",
                       "write it as 90s, 500ms or 2m");
  }
  target = *time;
  return std::nullopt;
}

std::optional<int> set_limits(Env& env, const std::vector<std::string>& words, Limits& limits) {
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string_view name = std::string_view(word).substr(0, equals);
    const auto value = equals == std::string::npos
                           ? std::nullopt
                           : parse_unsigned(std::string_view(word).substr(equals + 1));
    const auto infos = limit_infos();
    const auto found = std::find_if(infos.begin(), infos.end(),
                                    [&](const LimitInfo& info) { return info.name == name; });
    if (found == infos.end() || !value) {
      return usage_error(env,
                         "`--limit` takes the name of a limit and a number, not `" + word + "`",
                         "`--limit capture-bytes=1000000`");
    }
    found->set(limits, *value);
  }
  return std::nullopt;
}

void sort_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

void collect_value(Plan& plan, const EnvironmentVariable& variable) {
  plan.given_values.push_back(variable.value);
  const MaskedWords masked = mask_words({variable.name + "=" + variable.value});
  plan.secrets.insert(plan.secrets.end(), masked.secrets.begin(), masked.secrets.end());
  if (names_a_secret(variable.name)) {
    plan.secrets.push_back(variable.value);
  }
}

// Values that must not come out again: of the variables that were named, and secrets among the
// arguments.
void collect_values(Plan& plan) {
  for (const EnvironmentVariable& variable : plan.launch.environment) {
    if (std::binary_search(plan.variables.begin(), plan.variables.end(), variable.name)) {
      collect_value(plan, variable);
    }
  }
  const MaskedWords masked = mask_words(plan.launch.argv);
  plan.secrets.insert(plan.secrets.end(), masked.secrets.begin(), masked.secrets.end());
  plan.given_values.insert(plan.given_values.end(), plan.secrets.begin(), plan.secrets.end());
}

Result<PlaceholderSources> placeholder_sources(Env& env, const CaptureArguments& arguments) {
  PlaceholderSources sources;
  sources.lookup = env.variable;
  for (const std::string& word : arguments.inputs) {
    const std::size_t equals = word.find('=');
    if (equals == 0 || equals == std::string::npos) {
      // The word may be a secret: it is not repeated.
      return fail(ErrorCode::kUsage, "`--input` takes ID=VALUE");
    }
    sources.given[word.substr(0, equals)] = word.substr(equals + 1);
  }
  const std::size_t slash = arguments.config.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : arguments.config.substr(0, slash + 1);
  sources.folder = env.files.canonical(folder).value_or("");
  MERLON_TRY(sources.workspace,
             env.files.canonical(arguments.workspace.empty() ? "." : arguments.workspace));
  return sources;
}

Result<Plan> make_plan(Env& env, const CaptureArguments& arguments, const Limits& limits) {
  Plan plan;
  plan.variables = arguments.env_allow;
  for (const std::string& name : plan.variables) {
    MERLON_CHECK(check_variable({name, ""}));
  }
  plan.launch.environment = allowed_environment(env.variable, plan.variables);
  if (arguments.config.empty()) {
    plan.words = arguments.command;
    plan.launch.argv = arguments.command;
  } else {
    MERLON_TRY(auto source, env.files.read(arguments.config, limits.file_bytes));
    MERLON_TRY(PlaceholderSources sources, placeholder_sources(env, arguments));
    MERLON_TRY(ConfiguredLaunch found, find_configured_launch(std::move(source), arguments.server,
                                                              std::move(sources), limits));
    plan.configured_name = found.name;
    plan.words = std::move(found.words);
    plan.launch.argv = std::move(found.argv);
    for (const EnvironmentVariable& variable : found.environment) {
      set_variable(plan.launch.environment, variable.name, variable.value);
    }
    for (const EnvironmentVariable& variable : found.filled_in) {
      collect_value(plan, variable);
    }
    plan.variables.insert(plan.variables.end(), found.variables.begin(), found.variables.end());
  }
  sort_unique(plan.variables);
  collect_values(plan);
  return plan;
}

std::string utc_time(const Clock& clock) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  const std::chrono::hh_mm_ss time(now - std::chrono::floor<std::chrono::days>(now));
  const auto two = [](std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  return to_string(today(clock)) + "T" + two(time.hours().count()) + ":" +
         two(time.minutes().count()) + ":" + two(time.seconds().count()) + "Z";
}

Snapshot make_snapshot(const CaptureArguments& arguments, const Plan& plan, CaptureOutcome& outcome,
                       const Limits& limits, const Clock& clock) {
  const Redactor redactor(plan.secrets);
  Snapshot snapshot;
  if (arguments.timestamp) {
    snapshot.captured_at = utc_time(clock);
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

void print_summary(Env& env, const Snapshot& snapshot, const std::vector<std::string>& remarks,
                   const Limits& limits, const Redactor& redactor) {
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

int report_failure(Env& env, Error error, const CaptureOutcome& outcome, const Redactor& redactor) {
  error.message = redactor.apply(error.message);
  env.err << render(error);
  for (const std::string& line : outcome.error_lines) {
    env.err << "merlon: server: "
            << escape_for_display(shorten(redactor.apply(line), kShownErrorBytes)) << '\n';
  }
  for (const std::string& remark : outcome.remarks) {
    env.err << "merlon: note: " << redactor.apply(remark) << '\n';
  }
  return error.code == ErrorCode::kProcess ? kEnvironment : kIncomplete;
}

std::optional<int> write_result(Env& env, const std::string& output, const std::string& text) {
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

std::optional<int> check_arguments(Env& env, const CaptureArguments& arguments) {
  if (arguments.config.empty() == arguments.command.empty()) {
    return usage_error(env,
                       arguments.config.empty() ? "no server to capture"
                                                : "both a command and `--config` are given",
                       "give a command after `--`, or `--config FILE --server NAME`");
  }
  if (arguments.config.empty() != arguments.server.empty()) {
    return usage_error(env, "`--config` and `--server` belong together",
                       "`--config FILE --server NAME` starts one server of the file");
  }
  return std::nullopt;
}

int plan_error(Env& env, const Error& error) {
  env.err << render(error);
  const bool wrong_words = error.code == ErrorCode::kUsage || error.code == ErrorCode::kUnsupported;
  return wrong_words ? kUsageError : kIncomplete;
}

}  // namespace

int cmd_capture(Env& env, std::span<const std::string> args);

int cmd_capture(Env& env, std::span<const std::string> args) {
  CaptureArguments arguments;
  Options options("capture", "start a server, ask it for all it offers, write a snapshot");
  declare_capture(options, arguments);
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (const auto code = check_arguments(env, arguments)) {
    return *code;
  }
  CaptureOptions how;
  if (const auto code = set_limits(env, arguments.limits, how.limits)) {
    return *code;
  }
  how.start_timeout = milliseconds(how.limits.capture_timeout_ms);
  if (const auto code = set_time(env, "--timeout", arguments.timeout, how.start_timeout)) {
    return *code;
  }
  if (const auto code =
          set_time(env, "--request-timeout", arguments.request_timeout, how.request_timeout)) {
    return *code;
  }
  how.eras = arguments.era == "modern"   ? EraChoice::kModern
             : arguments.era == "legacy" ? EraChoice::kLegacy
                                         : EraChoice::kAuto;
  how.probe_patience = std::min(how.probe_patience, how.start_timeout / 4);
  how.client_version = MERLON_VERSION;
  const auto plan = make_plan(env, arguments, how.limits);
  if (!plan) {
    return plan_error(env, plan.error());
  }

  Progress progress(env, "waiting for the server,");
  const auto start = env.clock.steady();
  how.progress = [&](std::string_view) {
    const auto passed =
        std::chrono::duration_cast<std::chrono::seconds>(env.clock.steady() - start);
    progress.update(static_cast<std::uint64_t>(passed.count()), 0, "s");
  };
  const StdioLimits stdio{.total_bytes = how.limits.capture_bytes};
  const auto connector = make_stdio_connector(plan->launch, stdio, env.clock);
  CaptureOutcome outcome = capture_server(*connector, how, env.clock);
  progress.clear();

  const Redactor redactor(plan->given_values);
  if (outcome.failure) {
    return report_failure(env, *outcome.failure, outcome, redactor);
  }
  const std::vector<std::string> remarks = outcome.remarks;
  const Snapshot snapshot = make_snapshot(arguments, *plan, outcome, how.limits, env.clock);
  if (const auto code = write_result(env, arguments.output, write_snapshot(snapshot, how.limits))) {
    return *code;
  }
  if (!arguments.quiet) {
    print_summary(env, snapshot, remarks, how.limits, redactor);
  }
  return snapshot.complete ? kYes : kIncomplete;
}

}  // namespace merlon::cli
