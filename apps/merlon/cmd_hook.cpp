#include <atomic>
#include <chrono>
#include <csignal>
#include <ostream>

#include <sys/time.h>
#include <unistd.h>

#include "base/json/json_reader.h"
#include "base/text.h"
#include "exit_code.h"
#include "hook/hook_adapter.h"
#include "hook/hook_session.h"
#include "hook/hook_store.h"
#include "hook_install.h"
#include "options.h"
#include "policy/recorded_session.h"
#include "proxy/host_resolver.h"
#include "proxy/path_resolver.h"
#include "proxy_engine.h"
#include "state_places.h"

namespace merlon::cli {

int cmd_hook(Env& env, std::span<const std::string> args);

namespace {

constexpr std::uint64_t kMostHookBytes = std::uint64_t{16} << 20;
constexpr std::uint64_t kMostDeadlineMs = 60'000;

struct HookArguments {
  std::string client{"auto"};
  ProxyEngineChoice engine;
  std::uint64_t deadline_ms{4000};
};

std::vector<std::string> hook_client_names() {
  std::vector<std::string> names{"auto"};
  for (const HookAdapter& adapter : hook_adapters()) {
    names.emplace_back(adapter.name);
  }
  return names;
}

// What the handler of the deadline writes: made before the clock runs, never changed while it does.
std::string late_out;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): see above
constexpr std::string_view kLateWords = "merlon: the hook's own deadline has passed: blocked\n";

/// Written by the handler and by nobody else; an answer that is on its way is not cut.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): a handler has no arguments
std::atomic<bool> hook_answered{false};

extern "C" void on_hook_deadline(int /*signal*/) {
  if (hook_answered.exchange(true)) {
    return;
  }
  (void)!::write(STDOUT_FILENO, late_out.data(), late_out.size());
  (void)!::write(STDERR_FILENO, kLateWords.data(), kLateWords.size());
  ::_exit(kUsageError);
}

void set_hook_deadline(std::uint64_t milliseconds) {
  struct sigaction action{};
  action.sa_handler = on_hook_deadline;
  ::sigaction(SIGALRM, &action, nullptr);
  const itimerval timer{
      .it_interval = {},
      .it_value = {.tv_sec = static_cast<time_t>(milliseconds / 1000),
                   .tv_usec = static_cast<suseconds_t>(milliseconds % 1000) * 1000}};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

/// One call of the hook, from its input to its answer.
class HookRun {
 public:
  HookRun(Env& env, HookArguments& arguments) : env_(env), arguments_(arguments) {
    if (arguments.client != "auto") {
      adapter_ = find_hook_adapter(arguments.client);
    }
  }

  [[nodiscard]] HookReply run() {
    auto ruling = judge();
    if (!ruling) {
      return blocked_reply(adapter_, event_, escape_for_display(ruling.error().message));
    }
    return adapter_->reply(event_, enforceable(*adapter_, event_, *std::move(ruling)));
  }

  /// What the host gets when we are too late.
  [[nodiscard]] HookReply late_reply() const {
    return blocked_reply(adapter_, {.phase = HookPhase::kBefore}, "the hook was too slow");
  }

 private:
  [[nodiscard]] Result<HookRuling> judge() {
    MERLON_TRY(std::string text, env_.read_stdin(kMostHookBytes));
    MERLON_TRY(const Document input, parse_json(SourceText::copy_of("-", std::move(text)),
                                                JsonDialect::kStrict, Limits{}));
    if (adapter_ == nullptr) {
      adapter_ = recognise_hook(input);
    }
    if (adapter_ == nullptr) {
      return fail(ErrorCode::kFormat, "no host sends such an event");
    }
    MERLON_TRY(event_, adapter_->read(input));
    if (event_.phase == HookPhase::kOther) {
      return HookRuling{.verdict = Verdict::kAllow, .reason = "", .changed = std::nullopt};
    }
    return judge_call();
  }

  [[nodiscard]] Result<HookRuling> judge_call() {
    const std::string state = state_folder(env_);
    if (state.empty()) {
      return fail(ErrorCode::kUnsupported, "nothing says where the state of the session is kept");
    }
    const std::string host(adapter_->name);
    ProxyEngineChoice& choice = arguments_.engine;
    choice.server = event_.server.empty() ? "host:" + host : event_.server;
    auto engine = make_proxy_engine(env_, choice);
    if (!engine) {
      return std::unexpected(engine.error().front());
    }
    MERLON_TRY(HookStore store,
               HookStore::open(state, host, event_.session,
                               static_cast<std::int64_t>(arguments_.deadline_ms / 2)));
    const RecordingHeader header = header_of(engine->engine);
    HookSession session(engine->policy, recorded_state(header),
                        {.resolve = resolver(), .can_ask = adapter_->can_ask, .host = host});
    MERLON_CHECK(store.play(choice.server, session));
    HookRuling ruling = session.judge(event_, header.time_ms, store.others(choice.server));
    MERLON_CHECK(store.append(header, session.take_happened(), session.state()));
    return ruling;
  }

  [[nodiscard]] RecordingHeader header_of(const RecordedEngine& engine) const {
    const auto now =
        std::chrono::duration_cast<std::chrono::milliseconds>(env_.clock.now().time_since_epoch());
    RecordingHeader header;
    header.merlon = MERLON_VERSION;
    header.time_ms = now.count();
    header.server = arguments_.engine.server;
    header.session = event_.session.empty() ? "hook" : event_.session;
    header.tenant = arguments_.engine.tenant;
    header.user = env_.variable("USER").value_or("");
    header.engine = engine;
    return header;
  }

  [[nodiscard]] std::function<Fact(const Need&)> resolver() const {
    const PathWorld world{.folder = env_.files.canonical(".").value_or("/"),
                          .home = env_.variable("HOME").value_or("")};
    return [world](const Need& need) {
      return need.kind == NeedKind::kPath ? resolve_path(need.what, world)
                                          : resolve_host(need.what);
    };
  }

  Env& env_;
  HookArguments& arguments_;
  const HookAdapter* adapter_{nullptr};
  HookEvent event_;
};

Options& declare_hook(Options& options, HookArguments& arguments) {
  options.describe(
      "Reads one event of an agent's host from standard input, judges the call (or its result) by "
      "the same engine as the proxy, and answers with one JSON object as that host wants it. Tools "
      "of the host itself (shell, files, web) are judged as those of a server `host:CLIENT`. What "
      "a session has touched is kept in a private, locked folder; where that is lost or damaged, "
      "and on every failure of its own, the hook blocks: it says so in the host's words and ends "
      "with exit code 2. It obeys the host's contract, not the exit codes of merlon. "
      "`merlon hook install` writes it into the host's settings. docs/hooks.md says what each "
      "host does with a hook that is killed, slow or broken: most of them run the tool.\n\n"
      "Commands:\n"
      "  install         write the hook into a host's settings");
  options.choice("--client,-c", arguments.client, hook_client_names(), "whose events these are");
  options.value("--policy,-p", arguments.engine.policy, "POLICY",
                "a file, or the name of an installed or shipped policy");
  options.value("--deadline-ms", arguments.deadline_ms, "MS",
                "block when the answer takes longer; below the host's own time-out");
  options.value("--system", arguments.engine.system, "FILE",
                "the minimum that the policy can only tighten (/etc/merlon/policy.toml)");
  options.flag("--no-system", arguments.engine.no_system, "leave the system's minimum out");
  options.example("merlon hook --client claude", "as the host calls it");
  options.example("merlon hook install --client claude", "let the host call it");
  return options;
}

}  // namespace

int cmd_hook(Env& env, std::span<const std::string> args) {
  if (!args.empty() && args.front() == "install") {
    return hook_install(env, args.subspan(1));
  }
  HookArguments arguments;
  arguments.engine.policy = "hook";
  Options options("hook", "judge one event of an agent's host");
  if (const auto code = declare_hook(options, arguments).parse(env, args)) {
    return *code;
  }
  if (arguments.deadline_ms == 0 || arguments.deadline_ms > kMostDeadlineMs) {
    env.err << render(make_error(ErrorCode::kUsage, "`--deadline-ms` is between 1 and 60000"));
    return kUsageError;
  }
  HookRun run(env, arguments);
  late_out = run.late_reply().out + "\n";
  set_hook_deadline(arguments.deadline_ms);
  const HookReply reply = run.run();
  if (hook_answered.exchange(true)) {
    return kUsageError;
  }
  env.out << reply.out << '\n';
  if (!reply.err.empty()) {
    env.err << "merlon: " << reply.err << '\n';
  }
  return reply.code;
}

}  // namespace merlon::cli
