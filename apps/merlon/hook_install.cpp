#include "hook_install.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <system_error>

#include "base/digest/digest.h"
#include "base/limits.h"
#include "base/text.h"
#include "confirm.h"
#include "exit_code.h"
#include "options.h"
#include "state_places.h"
#include "wrap/config_backup.h"
#include "wrap/config_syntax.h"
#include "wrap/line_diff.h"
#include "wrap/settings_edit.h"

namespace merlon::cli {
namespace {

/// Where a host's hooks stand and how an entry looks. `%` is the command as a JSON string.
struct HookHost {
  std::string_view client;
  std::string_view path;  ///< below the home folder
  std::string_view version;
  std::array<std::string_view, 4> events;
  std::string_view entry;
};

constexpr std::array kHookHosts{
    HookHost{.client = "claude",
             .path = ".claude/settings.json",
             .version = "",
             .events = {"PreToolUse", "PostToolUse", "", ""},
             .entry = R"({"matcher": "*", "hooks": [{"type": "command", "command": %, )"
                      R"("timeout": 10, "onFailure": "block"}]})"},
    HookHost{.client = "cursor",
             .path = ".cursor/hooks.json",
             .version = "1",
             .events = {"beforeMCPExecution", "beforeShellExecution", "beforeReadFile",
                        "afterMCPExecution"},
             .entry = R"({"command": %, "timeout": 10, "failClosed": true})"},
    HookHost{.client = "gemini",
             .path = ".gemini/settings.json",
             .version = "",
             .events = {"BeforeTool", "AfterTool", "", ""},
             .entry = R"({"matcher": "*", "hooks": [{"type": "command", "command": %, )"
                      R"("timeout": 10000}]})"},
};

struct InstallArguments {
  std::string client;
  std::string file;
  std::string policy;
  std::string program;
  bool yes{false};
  bool undo{false};
};

/// A word of a command line of sh.
std::string shell_word(const std::string& word) {
  std::string out = "'";
  for (const char c : word) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

std::vector<ListAddition> additions_of(const HookHost& host, const std::string& command) {
  std::vector<ListAddition> out;
  const std::string quoted = quoted_in(ConfigSyntax::kJson, command);
  for (const std::string_view event : host.events) {
    if (!event.empty()) {
      std::string entry(host.entry);
      entry.replace(entry.find('%'), 1, quoted);
      out.push_back({.key = std::string(event), .entry = std::move(entry)});
    }
  }
  return out;
}

class HookInstall {
 public:
  HookInstall(Env& env, const InstallArguments& arguments) : env_(env), arguments_(arguments) {}

  [[nodiscard]] Result<int> run(const HookHost& host) {
    const std::string state = state_folder(env_);
    const std::string home = env_.variable("HOME").value_or("");
    if (state.empty() || home.empty()) {
      return fail(ErrorCode::kUnsupported, "HOME says nowhere where settings and state are");
    }
    path_ = arguments_.file.empty() ? home + "/" + std::string(host.path) : arguments_.file;
    MERLON_CHECK(read_settings());
    const ConfigBackup backup(state, "hook:" + path_);
    MERLON_TRY(const std::string text, arguments_.undo ? undone(backup) : installed(host));
    if (text == before_) {
      env_.out << "nothing to change\n";
      return kYes;
    }
    const std::string diff = unified_diff(path_, before_, text);
    for (const std::string_view line :
         split(std::string_view(diff).substr(0, diff.size() - 1), '\n')) {
      env_.out << escape_for_display(line) << '\n';
    }
    if (const auto code = decide()) {
      return *code;
    }
    MERLON_CHECK(write(text, backup));
    env_.out << "written: " << escape_for_display(path_) << '\n';
    return kYes;
  }

 private:
  [[nodiscard]] Status read_settings() {
    auto real = replaceable_file(path_);
    if (!real && real.error().code == ErrorCode::kNotFound) {
      return {};
    }
    if (!real) {
      return std::unexpected(std::move(real).error());
    }
    path_ = *std::move(real);
    exists_ = true;
    MERLON_TRY(const auto source, env_.files.read(path_, Limits().toml_bytes));
    before_ = source->bytes();
    return {};
  }

  [[nodiscard]] Result<std::string> installed(const HookHost& host) const {
    std::string program = arguments_.program;
    if (program.empty()) {
      MERLON_TRY(program, env_.files.canonical("/proc/self/exe"));
    }
    std::string command = shell_word(program) + " hook --client " + std::string(host.client);
    if (!arguments_.policy.empty()) {
      command += " --policy " + shell_word(arguments_.policy);
    }
    const std::string mark = " hook --client " + std::string(host.client);
    return add_hook_entries(path_, before_, additions_of(host, command), mark, host.version);
  }

  [[nodiscard]] Result<std::string> undone(const ConfigBackup& backup) const {
    MERLON_TRY(const auto kept, backup.find());
    if (!kept) {
      return before_;
    }
    if (kept->wrapped_digest != sha256_hex(before_)) {
      return fail(ErrorCode::kFormat, "`", path_,
                  "` was edited since: take the entries with `merlon` out of it by hand");
    }
    return kept->original;
  }

  [[nodiscard]] std::optional<int> decide() {
    if (arguments_.yes) {
      return std::nullopt;
    }
    const auto answer = ask_person(env_, "write this to `" + path_ + "`?");
    if (!answer) {
      Error error = make_error(ErrorCode::kUsage, "nobody can be asked: nothing was written");
      error.hints.emplace_back("`--yes` writes without asking");
      env_.err << render(error);
      return kUsageError;
    }
    return *answer ? std::nullopt : std::optional<int>(kNo);
  }

  [[nodiscard]] Status write(const std::string& text, const ConfigBackup& backup) const {
    if (arguments_.undo) {
      MERLON_CHECK(write_file_atomically(path_, text));
      backup.forget();
      return {};
    }
    if (!exists_) {
      std::error_code error;
      std::filesystem::create_directories(std::filesystem::path(path_).parent_path(), error);
      return write_file_atomically(path_, text, 0600);
    }
    MERLON_CHECK(backup.keep(before_, text));
    return write_file_atomically(path_, text);
  }

  Env& env_;
  const InstallArguments& arguments_;
  std::string path_;
  std::string before_;
  bool exists_{false};
};

}  // namespace

int hook_install(Env& env, std::span<const std::string> args) {
  InstallArguments arguments;
  std::vector<std::string> names;
  names.reserve(kHookHosts.size());
  for (const HookHost& host : kHookHosts) {
    names.emplace_back(host.client);
  }
  Options options("hook install", "let a host call the hook");
  options.describe(
      "Adds the hook to the user's settings of a host, with the strictest setting for hooks that "
      "fail that the host has. Shows what changes and asks. A file that was there is kept in a "
      "private folder, and --undo brings it back. Other hosts are set up by hand: docs/hooks.md.");
  options.choice("--client,-c", arguments.client, names, "which host");
  options.value("--file", arguments.file, "FILE", "other settings than the user's");
  options.value("--policy,-p", arguments.policy, "POLICY", "what the hook judges by (hook)");
  options.value("--program", arguments.program, "PATH",
                "what stands in the settings as merlon (this program's own path)");
  options.flag("--undo", arguments.undo, "bring back the settings as they were");
  options.flag("--yes,-y", arguments.yes, "write without asking");
  options.example("merlon hook install --client cursor", "for all projects of this user");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto* const host = std::ranges::find(kHookHosts, arguments.client, &HookHost::client);
  if (host == kHookHosts.end()) {
    env.err << render(
        make_error(ErrorCode::kUsage, "`--client` says which host: one of ", join(names, ", ")));
    return kUsageError;
  }
  const auto done = HookInstall(env, arguments).run(*host);
  if (done) {
    return *done;
  }
  env.err << render(done.error());
  return done.error().code == ErrorCode::kUnsupported ? kEnvironment : kIncomplete;
}

}  // namespace merlon::cli
