#include "capture_arguments.h"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "exit_code.h"
#include "options.h"

namespace merlon::cli {
namespace {

using std::chrono::milliseconds;

/// What the parser fills in; words that become values afterwards.
struct CaptureWords {
  std::string era{"auto"};
  std::string timeout;
  std::string request_timeout;
  std::vector<std::string> limits;
};

void declare_capture(Options& options, CaptureArguments& arguments, CaptureWords& words) {
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
  options.choice("--era", words.era, {"auto", "modern", "legacy"}, "which protocol era to speak");
  options.value(
      "--timeout", words.timeout, "TIME",
      "until the first answer, such as 90s or 500ms (default: 120s; a first npx is slow)");
  options.value("--request-timeout", words.request_timeout, "TIME",
                "for each later answer (default: 30s)");
  options.value(
      "--limit", words.limits, "NAME=VALUE",
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

int capture_usage_error(Env& env, std::string message, std::string hint) {
  env.err << render(Error{.code = ErrorCode::kUsage,
                          .message = std::move(message),
                          .where = {},
                          .hints = {std::move(hint)}});
  return kUsageError;
}

/// `90s`, `500ms`, `2m`, `90`; nothing for anything else, and for zero.
std::optional<milliseconds> parse_capture_time(std::string_view text) {
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

std::optional<int> set_capture_time(Env& env, std::string_view name, const std::string& text,
                                    milliseconds& target) {
  if (text.empty()) {
    return std::nullopt;
  }
  const auto time = parse_capture_time(text);
  if (!time) {
    return capture_usage_error(env, "`" + std::string(name) + "` takes a time, not `" + text + "`",
                               "write it as 90s, 500ms or 2m");
  }
  target = *time;
  return std::nullopt;
}

std::optional<int> set_capture_limits(Env& env, const std::vector<std::string>& words,
                                      Limits& limits) {
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
      return capture_usage_error(
          env, "`--limit` takes the name of a limit and a number, not `" + word + "`",
          "`--limit capture-bytes=1000000`");
    }
    found->set(limits, *value);
  }
  return std::nullopt;
}

std::optional<int> check_capture_server(Env& env, const CaptureArguments& arguments) {
  if (arguments.config.empty() == arguments.command.empty()) {
    return capture_usage_error(env,
                               arguments.config.empty() ? "no server to capture"
                                                        : "both a command and `--config` are given",
                               "give a command after `--`, or `--config FILE --server NAME`");
  }
  if (arguments.config.empty() != arguments.server.empty()) {
    return capture_usage_error(env, "`--config` and `--server` belong together",
                               "`--config FILE --server NAME` starts one server of the file");
  }
  return std::nullopt;
}

std::optional<int> read_capture_words(Env& env, const CaptureWords& words, CaptureOptions& how) {
  if (const auto code = set_capture_limits(env, words.limits, how.limits)) {
    return code;
  }
  how.start_timeout = milliseconds(how.limits.capture_timeout_ms);
  if (const auto code = set_capture_time(env, "--timeout", words.timeout, how.start_timeout)) {
    return code;
  }
  if (const auto code =
          set_capture_time(env, "--request-timeout", words.request_timeout, how.request_timeout)) {
    return code;
  }
  how.eras = words.era == "modern"   ? EraChoice::kModern
             : words.era == "legacy" ? EraChoice::kLegacy
                                     : EraChoice::kAuto;
  how.probe_patience = std::min(how.probe_patience, how.start_timeout / 4);
  how.client_version = MERLON_VERSION;
  return std::nullopt;
}

}  // namespace

ParsedCaptureArguments parse_capture_arguments(Env& env, std::span<const std::string> args) {
  ParsedCaptureArguments parsed;
  CaptureWords words;
  Options options("capture", "start a server, ask it for all it offers, write a snapshot");
  declare_capture(options, parsed.arguments, words);
  parsed.exit = options.parse(env, args);
  if (!parsed.exit) {
    parsed.exit = check_capture_server(env, parsed.arguments);
  }
  if (!parsed.exit) {
    parsed.exit = read_capture_words(env, words, parsed.arguments.how);
  }
  return parsed;
}

}  // namespace merlon::cli
