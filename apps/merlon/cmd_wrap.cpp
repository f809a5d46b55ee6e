#include <ostream>

#include "base/digest/digest.h"
#include "base/text.h"
#include "confirm.h"
#include "exit_code.h"
#include "manifest/format.h"
#include "options.h"
#include "state_places.h"
#include "wrap/config_backup.h"
#include "wrap/line_diff.h"
#include "wrap/wrap_plan.h"
#include "wrap/wrapped_launch.h"
#include "wrap_inputs.h"

namespace merlon::cli {

int cmd_wrap(Env& env, std::span<const std::string> args);

namespace {

struct WrapArguments {
  std::string file;
  std::vector<std::string> only;
  std::string group;
  std::string policy;
  std::string program;
  bool undo{false};
  bool yes{false};
  bool dry_run{false};
  bool keep_keys{false};
};

Options& declare_wrap(Options& options, WrapArguments& arguments) {
  options.describe(
      "Rewrites the launches of a client's configuration (JSON with or without comments, TOML, "
      "YAML) so that its stdio servers run as `merlon proxy … -- COMMAND`, in one group. All else "
      "in the file stays as it is, but keys in clear in `env`: they move to private files, and the "
      "proxy gives them to the server. Shows what changes and asks; where nobody can be asked, "
      "nothing "
      "is written without --yes. Servers with a URL cannot be guarded by a stdio proxy: they are "
      "listed as not protected. The file as it was is kept in a private folder of the user's "
      "state, and --undo brings back its very bytes; where the file was edited since, the proxy is "
      "taken out of what stands there now. Exit code 3 when a server cannot be edited.");
  options.positional("CLIENT_CONFIG", arguments.file, "the configuration", true);
  options.value("--server,-s", arguments.only, "NAME",
                "only this server; may be given more than once");
  options.value("--group,-g", arguments.group, "NAME",
                "the group that the servers share (the client's name)");
  options.value("--policy,-p", arguments.policy, "POLICY",
                "the policy of the proxies, a file or a name (default)");
  options.value("--program", arguments.program, "PATH",
                "what stands in the configuration as merlon (this program's own path)");
  options.flag("--undo", arguments.undo, "take the proxy out again");
  options.flag("--yes,-y", arguments.yes, "write without asking");
  options.flag("--keep-keys", arguments.keep_keys, "leave keys in `env` of the file");
  options.flag("--dry-run", arguments.dry_run, "show what would change and write nothing");
  options.example("merlon wrap ~/.cursor/mcp.json", "guard all stdio servers of Cursor");
  options.example("merlon wrap --undo --yes ~/.cursor/mcp.json", "and bring back the file");
  return options;
}

std::string words_for(const ServerPlan& plan) {
  switch (plan.state) {
    case WrapState::kWrapped: return "behind the proxy";
    case WrapState::kAlready: return "behind the proxy already";
    case WrapState::kUnwrapped: return "without the proxy";
    case WrapState::kDirect:
      return plan.why.empty() ? "not protected" : "not protected: " + plan.why;
    case WrapState::kRemote: return "not protected: it has a URL and is not started here";
    case WrapState::kRefused: return "not protected: " + plan.why;
  }
  return "";
}

void show_servers(Env& env, const std::vector<ServerPlan>& servers) {
  for (const ServerPlan& plan : servers) {
    env.out << "  `" << escape_for_display(plan.name) << "`  " << words_for(plan) << '\n';
    for (const std::string& name : plan.moved) {
      env.out << "    `" << escape_for_display(name) << "` "
              << (plan.state == WrapState::kUnwrapped ? "is back in the file"
                                                      : "is kept in a private file")
              << '\n';
    }
  }
}

int fail_wrap(Env& env, const Error& error) {
  env.err << render(error);
  return error.code == ErrorCode::kUsage         ? kUsageError
         : error.code == ErrorCode::kUnsupported ? kEnvironment
                                                 : kIncomplete;
}

/// One run: what was read, and what is to become of it.
class WrapRun {
 public:
  WrapRun(Env& env, const WrapArguments& arguments) : env_(env), arguments_(arguments) {}

  [[nodiscard]] Result<int> run() {
    const std::string state = state_folder(env_);
    if (state.empty()) {
      return fail(ErrorCode::kUnsupported,
                  "neither XDG_STATE_HOME nor HOME says where the backup is to be kept");
    }
    MERLON_TRY(path_, replaceable_file(arguments_.file));
    MERLON_TRY(const Manifest manifest, read_configuration(env_, path_));
    MERLON_TRY(secrets_, ConfigSecrets::make());
    secrets_->learn(manifest);
    before_ = manifest.document.source().bytes();
    const ConfigBackup backup(state, path_);
    MERLON_TRY(kept_, backup.find());
    MERLON_TRY(const WrapPlan plan,
               arguments_.undo ? plan_back(manifest, backup) : plan_forward(manifest, backup));
    show_servers(env_, plan.servers);
    if (plan.text == before_) {
      env_.out << "nothing to change\n";
      return plan.has(WrapState::kRefused) ? kIncomplete : kYes;
    }
    env_.out << secrets_->shown(unified_diff(arguments_.file, before_, plan.text));
    if (const auto code = decide()) {
      return *code;
    }
    MERLON_CHECK(write(manifest, plan, backup));
    env_.out << "written: " << escape_for_display(arguments_.file) << '\n';
    return plan.has(WrapState::kRefused) ? kIncomplete : kYes;
  }

 private:
  [[nodiscard]] static std::function<std::optional<std::string>(const std::string&)> reader_of(
      const ConfigBackup& backup) {
    return [&backup](const std::string& path) { return backup.read_secret(path); };
  }

  [[nodiscard]] Result<WrapPlan> plan_forward(const Manifest& manifest,
                                              const ConfigBackup& backup) {
    WrapRequest request{
        .program = arguments_.program,
        .group = arguments_.group,
        .policy = arguments_.policy,
        .only = arguments_.only,
        .is_file = [this](const std::string& path) { return env_.files.kind_of(path).has_value(); },
        .is_secret = {},
        .secret_path = {}};
    if (request.program.empty()) {
      MERLON_TRY(request.program, env_.files.canonical("/proc/self/exe"));
    }
    if (!is_proxy_program(request.program)) {
      return fail(ErrorCode::kUsage, "`", request.program,
                  "` is no name that is known again: ", "it has to begin with `merlon`");
    }
    if (!arguments_.keep_keys) {
      request.is_secret = [this](std::string_view name, std::string_view value) {
        return secrets_->is_secret(name, value);
      };
      request.secret_path = [&backup](const std::string& server, const std::string& name) {
        return backup.secret_path(server, name);
      };
    }
    if (request.group.empty()) {
      request.group = group_of_configuration(env_, path_, manifest);
    }
    return plan_wrap(manifest, request);
  }

  [[nodiscard]] Result<WrapPlan> plan_back(const Manifest& manifest, const ConfigBackup& backup) {
    MERLON_TRY(WrapPlan plan, plan_unwrap(manifest, {.only = arguments_.only,
                                                     .read_secret = [&](const std::string& path) {
                                                       return backup.read_secret(path);
                                                     }}));
    if (!kept_ || !arguments_.only.empty() || !plan.has(WrapState::kUnwrapped)) {
      return plan;
    }
    if (kept_->wrapped_digest == sha256_hex(before_)) {
      plan.text = kept_->original;
    } else {
      env_.err << "merlon: the file was edited since it was wrapped: the proxy is taken out of "
                  "what stands there now\n";
    }
    const LoadedFile original = load_manifests(SourceText::copy_of(path_, kept_->original),
                                               {.format = manifest.format, .mask_excerpt = {}});
    for (const Manifest& one : original.manifests) {
      secrets_->learn(one);
    }
    return plan;
  }

  /// An exit code when nothing is to be written.
  [[nodiscard]] std::optional<int> decide() {
    if (arguments_.dry_run) {
      return kYes;
    }
    if (arguments_.yes) {
      return std::nullopt;
    }
    const auto answer = ask_person(env_, "write this to `" + arguments_.file + "`?");
    if (!answer) {
      Error error = make_error(ErrorCode::kUsage, "nobody can be asked: nothing was written");
      error.hints.emplace_back("`--yes` writes without asking");
      env_.err << render(error);
      return kUsageError;
    }
    return *answer ? std::nullopt : std::optional<int>(kNo);
  }

  /// What --undo is to bring back, once `plan` is written.
  [[nodiscard]] Result<std::string> original_of(const Manifest& manifest,
                                                const ConfigBackup& backup) const {
    if (kept_ && kept_->wrapped_digest == sha256_hex(before_)) {
      return kept_->original;
    }
    MERLON_TRY(WrapPlan plan,
               plan_unwrap(manifest, {.only = {}, .read_secret = reader_of(backup)}));
    return std::move(plan.text);
  }

  [[nodiscard]] Status write(const Manifest& manifest, const WrapPlan& plan,
                             const ConfigBackup& backup) {
    MERLON_TRY(const auto now, env_.files.read(path_, Limits().file_bytes));
    if (now->bytes() != before_) {
      Error error = make_error(ErrorCode::kIo, "`", arguments_.file,
                               "` changed in the meantime: nothing was written");
      error.hints.emplace_back("close the client, then try again");
      return std::unexpected(std::move(error));
    }
    if (arguments_.undo) {
      MERLON_CHECK(write_file_atomically(path_, plan.text));
      if (!behind_proxy(manifest, plan.text)) {
        backup.forget();
      }
      return {};
    }
    MERLON_TRY(const std::string original, original_of(manifest, backup));
    for (const MovedSecret& secret : plan.secrets) {
      MERLON_CHECK(backup.keep_secret(secret.path, secret.value));
    }
    MERLON_CHECK(backup.keep(original, plan.text));
    return write_file_atomically(path_, plan.text);
  }

  /// Whether a server goes on to need what is kept.
  [[nodiscard]] static bool behind_proxy(const Manifest& manifest, const std::string& text) {
    const LoadedFile changed = load_manifests(SourceText::copy_of(manifest.file(), text),
                                              {.format = manifest.format, .mask_excerpt = {}});
    for (const Manifest& one : changed.manifests) {
      for (const ServerPlan& server : look_at_servers(one)) {
        if (server.state == WrapState::kAlready) {
          return true;
        }
      }
    }
    return false;
  }

  Env& env_;
  const WrapArguments& arguments_;
  std::string path_;
  std::string before_;
  std::optional<KeptConfig> kept_;
  std::unique_ptr<ConfigSecrets> secrets_;
};

}  // namespace

int cmd_wrap(Env& env, std::span<const std::string> args) {
  WrapArguments arguments;
  Options options("wrap", "let a client's servers run behind the proxy");
  if (const auto code = declare_wrap(options, arguments).parse(env, args)) {
    return *code;
  }
  const auto done = WrapRun(env, arguments).run();
  return done ? *done : fail_wrap(env, done.error());
}

}  // namespace merlon::cli
