#include <ostream>
#include <utility>

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include "base/digest/digest.h"
#include "base/process/launch_digest.h"
#include "base/random.h"
#include "base/text.h"
#include "capture/redaction.h"
#include "exit_code.h"
#include "guard/personal_data_masker.h"
#include "guard/secret_masker.h"
#include "options.h"
#include "policy/record_section.h"
#include "policy/redact_section.h"
#include "proxy/group_starter.h"
#include "proxy/not_started.h"
#include "proxy/proxy_loop.h"
#include "proxy/session_auditor.h"
#include "proxy_engine.h"
#include "proxy_launch.h"
#include "proxy_reload.h"
#include "state_places.h"

namespace merlon::cli {

int cmd_proxy(Env& env, std::span<const std::string> args);

namespace {

constexpr std::size_t kRandomBytes = 32;
constexpr std::size_t kSessionDigits = 16;
constexpr std::size_t kOwnIdDigits = 32;
constexpr int kSignalExit = 128;

struct ProxyArguments {
  ProxyEngineChoice engine;
  LaunchChoice launch;
  std::string identity;
  std::string group;
  std::string record;
  bool record_full{false};
  std::string audit;
  std::uint64_t audit_keep_segments{0};
  std::uint64_t audit_keep_days{0};
  bool audit_redact_tenant{false};
  std::string durability{"batch"};
  std::uint64_t max_message_bytes{MessageLimits().bytes};
  std::vector<std::string> command;
};

Options& declare_proxy(Options& options, ProxyArguments& arguments) {
  options.describe(
      "Stands in a client's configuration in place of a stdio server: starts the server and judges "
      "every message between the two by a policy. What is allowed passes byte for byte. A client "
      "is told what was denied and why; when policy or server cannot be had, too. Of the "
      "environment the server gets what every program needs, and what `--env`, `--secret` and the "
      "policy name. Policy and pins are read again when they change, and taken when they only "
      "tighten. Exit code: the server's; 128 and "
      "the signal when one ended it; 4 when it could not be started, 2 for a wrong command line.");
  options.value("--policy,-p", arguments.engine.policy, "POLICY",
                "a file, or the name of an installed or shipped policy (default)");
  options.value("--name,-n", arguments.engine.server, "NAME",
                "what the server is called in policies and pins (the command's name)");
  options.value("--tenant", arguments.engine.tenant, "NAME", "whose overrides count");
  options.value("--identity", arguments.identity, "NAME", "whom the policy's limits count for");
  options.value("--group,-g", arguments.group, "NAME",
                "share what was touched with the other proxies of this group");
  arguments.launch.declare(options);
  options.value("--record,-r", arguments.record, "FILE",
                "write what happens to a new file; secrets are masked");
  options.flag("--record-full", arguments.record_full, "mask nothing in the recording");
  options.value("--audit", arguments.audit, "DIR",
                "keep a tamper-evident log; what cannot be logged is not forwarded");
  options.choice("--audit-durability", arguments.durability, {"batch", "record", "none"},
                 "when the log is synced to the disk");
  options.value("--audit-keep-segments", arguments.audit_keep_segments, "N",
                "delete the log's oldest segments when more than N are closed (0: keep all)");
  options.value("--audit-keep-days", arguments.audit_keep_days, "N",
                "delete the log's segments that end before N days ago (0: keep all)");
  options.flag("--audit-redact-tenant", arguments.audit_redact_tenant,
               "a token in place of the tenant's name stands in the log");
  options.value("--max-message-bytes", arguments.max_message_bytes, "BYTES",
                "refuse messages above this (16777216)");
  options.value("--system", arguments.engine.system, "FILE",
                "the minimum that the policy can only tighten (/etc/merlon/policy.toml)");
  options.flag("--no-system", arguments.engine.no_system, "leave the system's minimum out");
  options.value("--policy-key", arguments.engine.policy_keys, "KEY",
                "the policy must be signed by this key; a key, or a file of keys");
  options.value("--lock-key", arguments.engine.lock_keys, "KEY",
                "the server's pins must be signed by this key");
  arguments.engine.key_lists.declare(options);
  options.rest("COMMAND", arguments.command, "the server, with its arguments");
  options.example("merlon proxy -- npx -y @modelcontextprotocol/server-memory",
                  "guard it by the policy `default`");
  options.example("merlon proxy --policy team.toml --group work --name files -- files-server /data",
                  "by a policy of one's own, together with the other servers of the group");
  return options;
}

/// Problems that need nothing but the command line.
std::optional<Error> check_proxy(const ProxyArguments& arguments) {
  constexpr std::uint64_t kLeast = 1024;
  constexpr std::uint64_t kMost = 1ULL << 30U;
  if (arguments.command.empty()) {
    Error error = make_error(ErrorCode::kUsage, "no server to start");
    error.hints.emplace_back("give its command after `--`");
    return error;
  }
  if (arguments.max_message_bytes < kLeast || arguments.max_message_bytes > kMost) {
    return make_error(ErrorCode::kUsage, "`--max-message-bytes` is between 1024 and 1073741824");
  }
  if (arguments.record_full && arguments.record.empty()) {
    return make_error(ErrorCode::kUsage, "`--record-full` says how `--record FILE` is written");
  }
  return std::nullopt;
}

std::string user_name() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing else runs yet
  const passwd* const entry = ::getpwuid(::geteuid());
  return entry != nullptr && entry->pw_name != nullptr ? entry->pw_name
                                                       : std::to_string(::geteuid());
}

/// Hex digits that nobody can guess.
Result<std::string> random_digits(std::size_t count) {
  MERLON_TRY(const std::string bytes, random_bytes(kRandomBytes));
  return sha256_hex(bytes).substr(0, count);
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

/// What the secrets of this session are is masked besides what a secret looks like: the client
/// may know one.
TextMasker with_secrets(TextMasker masker, std::shared_ptr<const SecretRedactor> redactor) {
  if (redactor == nullptr) {
    return masker;
  }
  return [masker = std::move(masker), redactor = std::move(redactor)](
             std::string_view key, std::string_view text,
             const SecretMark& mark) -> std::optional<std::string> {
    std::optional<std::string> masked = masker(key, text, mark);
    std::string out = masked ? *masked : std::string(text);
    return redactor->redact(out) > 0 ? std::optional(std::move(out)) : masked;
  };
}

void show_proxy_errors(Env& env, const std::vector<Error>& errors) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  env.err.flush();
}

/// Everything but the server: what can fail before it is started.
class ProxyPlan {
 public:
  ProxyPlan(Env& env, ProxyArguments& arguments) : env_(env), arguments_(arguments) {}

  /// All problems of the first step that fails.
  [[nodiscard]] Checked<void> prepare() {
    if (const Status named = name_session(); !named) {
      return std::unexpected(std::vector<Error>{named.error()});
    }
    MERLON_TRY(engine_, make_proxy_engine(env_, arguments_.engine));
    for (const auto step : {&ProxyPlan::make_launch, &ProxyPlan::open_recording,
                            &ProxyPlan::join_group, &ProxyPlan::open_audit}) {
      if (const Status done = (this->*step)(); !done) {
        return std::unexpected(std::vector<Error>{done.error()});
      }
    }
    return {};
  }

  [[nodiscard]] ProxySetup setup(KeptProcess server) {
    ApprovalDeskOptions asking = approvals();
    ProxySetup setup{.server = std::move(server),
                     .policy = engine_.policy,
                     .state = std::move(state_),
                     .limits = limits_,
                     .own_ids = std::move(own_ids_),
                     .facts = {.folder = env_.files.canonical(".").value_or("/"),
                               .home = env_.variable("HOME").value_or("")},
                     .recording = std::move(recording_),
                     .audit = std::move(audit_),
                     .group = std::move(group_)};
    setup.redactor = launch_.redactor;
    setup.approvals = std::move(asking);
    const auto reload = std::make_shared<ProxyReload>(env_, arguments_.engine, engine_);
    setup.reload = [reload] { return reload->read_again(); };
    setup.watched = reload->files();
    if (auto status = StatusSocket::open(env_.variable)) {
      setup.status = *std::move(status);
    }
    return setup;
  }

  /// The log's folder is there by now.
  [[nodiscard]] Result<KeptProcess> start_server() {
    MERLON_TRY(launch_.launch.containment,
               make_containment(env_, engine_.policy->policy(), arguments_.audit));
    return KeptProcess::start(launch_.launch);
  }

  /// Ends what was begun for a server that does not start.
  [[nodiscard]] Status give_up() {
    return audit_ ? audit_->end({.reason = "not-started", .exit = ""}) : Status();
  }

 private:
  [[nodiscard]] ApprovalDeskOptions approvals() const {
    return {.state_folder = state_folder(env_),
            .session = state_.session,
            .launch = arguments_.engine.launch,
            .secret = sha256_hex("approvals " + own_ids_).substr(0, kOwnIdDigits),
            .notify_environment = allowed_environment(env_.variable, {}),
            .masker = with_secrets(make_secret_masker(), launch_.redactor),
            .clock = &env_.clock};
  }

  [[nodiscard]] Status name_session() {
    MERLON_TRY(state_.session, random_digits(kSessionDigits));
    MERLON_TRY(own_ids_, random_digits(kOwnIdDigits));
    ProxyEngineChoice& choice = arguments_.engine;
    if (choice.server.empty()) {
      choice.server = last_part(arguments_.command.front());
    }
    choice.launch = launch_digest(mask_words(arguments_.command).words);
    state_.server = choice.server;
    state_.tenant = choice.tenant;
    state_.identity = arguments_.identity;
    state_.user = user_name();
    state_.group = arguments_.group;
    limits_.bytes = arguments_.max_message_bytes;
    return {};
  }

  [[nodiscard]] Status make_launch() {
    MERLON_TRY(launch_, make_server_launch(env_, engine_.policy->policy(), arguments_.launch,
                                           arguments_.command));
    return {};
  }

  [[nodiscard]] Status open_recording() {
    if (arguments_.record.empty()) {
      return {};
    }
    MERLON_TRY(auto sink, open_recording_file(arguments_.record));
    RecordingOptions options;
    options.full = arguments_.record_full;
    if (!options.full) {
      options.masker = with_secrets(
          make_recording_masker(RedactSection::of(engine_.policy->policy()).personal_data),
          launch_.redactor);
    }
    const RecordSection kept = RecordSection::of(engine_.policy->policy());
    options.results = kept.results;
    options.unreadable_bytes = kept.unreadable_bytes;
    recording_ = std::make_unique<RecordingWriter>(std::move(sink), std::move(options));
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(env_.clock.now().time_since_epoch());
    return recording_->begin({.merlon = MERLON_VERSION,
                              .time_ms = now.count(),
                              .server = state_.server,
                              .launch = arguments_.engine.launch,
                              .session = state_.session,
                              .tenant = state_.tenant,
                              .identity = state_.identity,
                              .user = state_.user,
                              .group = state_.group,
                              .engine = engine_.engine,
                              .limits = limits_});
  }

  [[nodiscard]] Status open_audit() {
    if (arguments_.audit.empty()) {
      return {};
    }
    AuditWriterOptions options;
    options.durability =
        parse_audit_durability(arguments_.durability).value_or(AuditDurability::kBatch);
    options.merlon = MERLON_VERSION;
    options.keep_segments = arguments_.audit_keep_segments;
    constexpr std::uint64_t kMostDays = 36'500;
    options.keep_for =
        std::chrono::days(std::min<std::uint64_t>(arguments_.audit_keep_days, kMostDays));
    options.clock = &env_.clock;
    MERLON_TRY(auto writer,
               AuditWriter::open(
                   {.folder = arguments_.audit, .state = state_place(env_, "audit"), .origin = ""},
                   std::move(options)));
    MERLON_TRY(audit_, SessionAudit::begin(std::move(writer),
                                           {.session = state_.session,
                                            .server = state_.server,
                                            .launch = arguments_.engine.launch,
                                            .user = state_.user,
                                            .tenant = state_.tenant,
                                            .identity = state_.identity,
                                            .group = state_.group,
                                            .engine = audited_engine(engine_.engine),
                                            .tenant_as_token = arguments_.audit_redact_tenant}));
    return {};
  }

  [[nodiscard]] Status join_group() {
    if (arguments_.group.empty()) {
      return {};
    }
    const std::string folder = state_folder(env_);
    if (folder.empty()) {
      return fail(ErrorCode::kUnsupported,
                  "neither XDG_STATE_HOME nor HOME says where a group's state is kept");
    }
    MERLON_TRY(std::string program, env_.files.canonical("/proc/self/exe"));
    group_ =
        std::make_unique<GroupClient>(GroupClientOptions{.group = arguments_.group,
                                                         .server = state_.server,
                                                         .session = state_.session,
                                                         .state_folder = folder},
                                      start_broker_program(std::move(program), arguments_.group,
                                                           broker_environment(env_.variable)));
    return {};
  }

  Env& env_;
  ProxyArguments& arguments_;
  SessionState state_;
  MessageLimits limits_;
  std::string own_ids_;
  ReloadedPolicy engine_;
  ServerLaunch launch_;
  std::unique_ptr<RecordingWriter> recording_;
  std::unique_ptr<SessionAudit> audit_;
  std::unique_ptr<GroupClient> group_;
};

/// Hosts hide standard error: the client is told as well.
int tell_not_started(Env& env, const std::vector<Error>& errors) {
  show_proxy_errors(env, errors);
  answer_not_started(STDIN_FILENO, STDOUT_FILENO, errors.front().message);
  return kEnvironment;
}

int exit_code_of(const ProxyEnding& ending) {
  if (!ending.server) {
    return kSignalExit + SIGKILL;
  }
  return ending.server->signal != 0 ? kSignalExit + ending.server->signal : ending.server->code;
}

}  // namespace

int cmd_proxy(Env& env, std::span<const std::string> args) {
  ProxyArguments arguments;
  Options options("proxy", "guard a stdio server: a policy decides every message");
  if (const auto code = declare_proxy(options, arguments).parse(env, args)) {
    return *code;
  }
  if (const auto wrong = check_proxy(arguments)) {
    env.err << render(*wrong);
    return kUsageError;
  }
  ProxyPlan plan(env, arguments);
  if (const auto ready = plan.prepare(); !ready) {
    return tell_not_started(env, ready.error());
  }
  auto server = plan.start_server();
  if (!server) {
    std::vector<Error> errors{server.error()};
    if (const Status ended = plan.give_up(); !ended) {
      errors.push_back(ended.error());
    }
    return tell_not_started(env, errors);
  }
  ProxyLoop loop(plan.setup(*std::move(server)));
  const ProxyEnding ending = loop.run();
  const int code = exit_code_of(ending);
  if (ending.left_running > 0) {
    // A guard that does not end is not waited for.
    env.err.flush();
    ::_exit(code);
  }
  return code;
}

}  // namespace merlon::cli
