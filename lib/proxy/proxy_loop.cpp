#include "proxy/proxy_loop.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/text.h"
#include "mcp/line_framer.h"
#include "proxy/error_passage.h"
#include "proxy/guarded_session.h"
#include "proxy/output_stream.h"
#include "proxy/policy_watch.h"
#include "proxy/proxy_status.h"
#include "proxy/reading_hold.h"
#include "proxy/session_auditor.h"
#include "proxy/session_recorder.h"

namespace merlon {
namespace {

using std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

/// In a session that only watches, lines above the limit are forwarded as well.
constexpr std::size_t kWatchedLine = 1U << 30U;
/// A side's own answers may wait for it longer than what others send it.
constexpr std::size_t kOwnAnswersFactor = 8;
/// With so many threads left in guards that do not end, guards that were late are late at once.
constexpr std::size_t kMostLeft = 8;
constexpr std::array kCaughtSignals{SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};

UniqueFd open_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int number : kCaughtSignals) {
    ::sigaddset(&set, number);
  }
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return UniqueFd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

/// The reading end of a peer.
struct Source {
  Source(int descriptor, Direction where, std::size_t max_line)
      : fd(descriptor), direction(where), framer(max_line) {}

  int fd;  ///< -1: at its end
  Direction direction;
  LineFramer framer;
};

}  // namespace

class ProxyLoop::Engine final : public SessionDoor, public std::enable_shared_from_this<Engine> {
 public:
  explicit Engine(ProxySetup setup);

  ProxyEnding run();

  // SessionDoor
  std::int64_t now_ms() override;
  void send(Direction to, std::string line) override;
  void find(std::uint64_t ticket, const Need& need) override { facts_.ask(ticket, need); }
  std::vector<GroupFact> group_news() override;
  void group_told(const std::vector<GroupFact>& facts) override;
  PersonsAnswer ask_person(const AskedMessageView& asked) override {
    return approvals_.ask(asked, now_ms());
  }
  void forget_person(std::uint64_t ticket) override { approvals_.forget(ticket); }
  bool takes_reply(const Message& message) override { return approvals_.hear(message, now_ms()); }
  bool must_reserve(std::uint8_t legs) override;
  void reserve(std::uint64_t ticket, const LegClaim& claim) override;
  bool happened(const Event& event, const Decision& decision, const Interception& what) override {
    recorder_.happened(event, decision, what);
    approvals_.note(event.message);
    if (auditor_.happened(event, decision, what, session_.state())) {
      return true;
    }
    if (auto refusal = SessionAuditor::refusal(event)) {
      send(refusal->to, std::move(refusal->bytes));
    }
    return false;
  }
  bool unreadable(Direction direction, const std::string* bytes, std::uint64_t size,
                  const Error& problem, const Interception& what) override {
    recorder_.unreadable(now_ms(), direction, bytes, size, problem, what);
    return auditor_.unreadable({.direction = direction,
                                .action = audit_action(what.action),
                                .bytes = bytes,
                                .size = size,
                                .problem = problem.message});
  }

 private:
  /// Places in the list that is polled.
  enum Slot : std::size_t {
    kClientIn,
    kServerOut,
    kServerErrors,
    kControl,
    kSignals,
    kFacts,
    kGroup,
    kStatus,
    kPolicy,
    kApprovals,
    kClientOut,
    kServerIn,
    kErrorsOut,
    kSlots,
  };
  using Polled = std::array<pollfd, kSlots>;

  void start_thread(std::optional<std::size_t> late);
  /// True at the end of it all; false when another thread serves.
  [[nodiscard]] bool serve();
  [[nodiscard]] Polled polled() const;
  [[nodiscard]] int timeout() const;
  [[nodiscard]] Served turn(const Polled& ready);
  [[nodiscard]] Served read_side(Source& source);
  [[nodiscard]] Served take_lines(Source& source);
  [[nodiscard]] Served take_line(const Source& source, std::string line);
  [[nodiscard]] Served end_side(Source& source);
  [[nodiscard]] Served take_facts();
  [[nodiscard]] Served take_group();
  [[nodiscard]] Served take_approvals(bool ready);
  void take_signals();
  /// `asked`: by a person, who is told also that nothing has changed.
  void reload(bool asked);
  void keep_policy(const std::string& why, bool asked);
  void bound_lines();
  void flush_all();
  /// Takes the steps to the end that are due. False when it is there.
  [[nodiscard]] bool move_on();
  [[nodiscard]] EndingCourse::Signs signs() const;
  void server_is_gone();
  [[nodiscard]] bool may_read(const OutputStream& towards, const OutputStream& back) const;
  [[nodiscard]] bool server_ended() const;
  [[nodiscard]] std::string status_json() const;
  [[nodiscard]] std::string why_gone() const;
  [[nodiscard]] RecordingEndReason ending_reason() const;

  const Clock* clock_;
  ProxyBounds bounds_;
  KeptProcess server_;
  std::shared_ptr<const SecretRedactor> redactor_;
  std::uint64_t redacted_{0};
  ErrorPassage errors_;
  SessionRecorder recorder_;
  SessionAuditor auditor_;
  std::unique_ptr<GroupClient> group_;
  std::unique_ptr<StatusSocket> status_;
  ApprovalDesk approvals_;
  std::function<ReloadOutcome()> reload_;
  PolicyWatch watched_;
  std::uint64_t reloads_{0};
  std::string kept_why_;  ///< why the policy that was read last is not in force; empty: it is
  UniqueFd signals_;
  DeadlineWatch watch_;
  FactFinder facts_;
  GuardedSession session_;
  Source client_;
  Source server_output_;
  OutputStream to_client_;
  OutputStream to_server_;

  EndingCourse course_;
  ReadingHold hold_;
  bool held_{false};  ///< the client is not read
  std::int64_t last_ms_{0};
  TimePoint started_;
  ProxyEnding ending_;
  /// Threads that serve, or are left in a guard.
  std::shared_ptr<std::atomic<std::size_t>> threads_{std::make_shared<std::atomic<std::size_t>>(0)};
};

ProxyLoop::Engine::Engine(ProxySetup setup)
    : clock_(setup.clock),
      bounds_(setup.bounds),
      server_(std::move(setup.server)),
      redactor_(std::move(setup.redactor)),
      errors_(setup.errors, setup.bounds.error_bytes, redactor_),
      recorder_(std::move(setup.recording), [this](const std::string& text) { errors_.say(text); }),
      auditor_(std::move(setup.audit), [this](const std::string& text) { errors_.say(text); }),
      group_(std::move(setup.group)),
      status_(std::move(setup.status)),
      approvals_(
          std::move(setup.approvals),
          [this](std::string line) { send(Direction::kToClient, std::move(line)); },
          [this](const std::string& text) { errors_.say(text); }),
      reload_(std::move(setup.reload)),
      watched_(*setup.clock),
      signals_(open_signals()),
      facts_(setup.facts, {}, *setup.clock),
      session_(*this, watch_, std::move(setup.policy), std::move(setup.state), setup.limits,
               std::move(setup.own_ids)),
      client_(setup.input, Direction::kToServer, setup.limits.bytes),
      server_output_(server_.streams().output.get(), Direction::kToClient, setup.limits.bytes),
      to_client_(OutputStream::standard(setup.output, OutputStream::After::kNull)),
      to_server_(std::move(server_.streams().input)),
      course_(setup.graces, *setup.clock),
      hold_(*setup.clock),
      started_(clock_->steady()) {
  bound_lines();
  watched_.follow(setup.watched);
  if (watched_.works()) {
    // It was read before; to ask a person for a secret can take a while.
    watched_.suspect();
  }
}

void ProxyLoop::Engine::bound_lines() {
  const std::size_t most = session_.only_watches() ? kWatchedLine : session_.max_line();
  client_.framer.set_max_line(most);
  server_output_.framer.set_max_line(most);
}

// Threads

void ProxyLoop::Engine::start_thread(std::optional<std::size_t> late) {
  threads_->fetch_add(1);
  const bool too_many = threads_->load() > kMostLeft;
  // The thread keeps the engine: it may be left in a guard for longer than the engine is needed.
  std::thread([self = shared_from_this(), threads = threads_, late, too_many] {
    const bool on = !late || self->session_.resume(*late, too_many) == Served::kOn;
    const bool over = on && self->serve();
    threads->fetch_sub(1);
    if (over) {
      self->watch_.stop();
    }
  }).detach();
}

RecordingEndReason ProxyLoop::Engine::ending_reason() const {
  if (ending_.signal != 0) {
    return RecordingEndReason::kInterrupted;
  }
  return ending_.client_closed ? RecordingEndReason::kClientClosed
                               : RecordingEndReason::kServerClosed;
}

ProxyEnding ProxyLoop::Engine::run() {
  start_thread(std::nullopt);
  while (const auto late = watch_.wait_for_late()) {
    start_thread(late);
  }
  ending_.left_running = threads_->load();
  return ending_;
}

bool ProxyLoop::Engine::serve() {
  // After a take-over there may be lines that nobody has looked at yet.
  if (take_lines(client_) == Served::kGone || take_lines(server_output_) == Served::kGone) {
    return false;
  }
  flush_all();
  do {
    held_ = hold_.holds(session_.takes_requests(), session_.answers());
    Polled ready = polled();
    const int count = ::poll(ready.data(), ready.size(), timeout());
    if (count > 0 && turn(ready) == Served::kGone) {
      return false;
    }
    if (watched_.take()) {
      reload(false);
    }
    if (take_approvals(ready[kApprovals].revents != 0) == Served::kGone ||
        session_.on_time() == Served::kGone) {
      return false;
    }
    flush_all();
  } while (move_on());
  approvals_.close();
  ending_.server = server_.status();
  const KeptEnding kept = server_.end_all();
  if (kept.stubborn) {
    errors_.say("not all of the server's processes could be ended");
  }
  recorder_.ended({.time_ms = now_ms(),
                   .reason = ending_reason(),
                   .detail = "",
                   .exit_status = ending_.server && ending_.server->signal == 0
                                      ? std::optional(ending_.server->code)
                                      : std::nullopt});
  auditor_.ended({.reason = ending_.signal != 0     ? "signal"
                            : ending_.client_closed ? "client-closed"
                                                    : "server-closed",
                  .exit = ending_.server ? to_string(*ending_.server) : ""});
  to_client_.close();
  return true;
}

// What is waited for

bool ProxyLoop::Engine::may_read(const OutputStream& towards, const OutputStream& back) const {
  return towards.queued() <= bounds_.queue_bytes &&
         back.queued() <= kOwnAnswersFactor * bounds_.queue_bytes;
}

ProxyLoop::Engine::Polled ProxyLoop::Engine::polled() const {
  Polled out{};
  const auto watch = [&out](Slot slot, int fd, short events) {
    out[slot] = {.fd = fd, .events = events, .revents = 0};
  };
  watch(kClientIn, !held_ && may_read(to_server_, to_client_) ? client_.fd : -1, POLLIN);
  watch(kServerOut, may_read(to_client_, to_server_) ? server_output_.fd : -1, POLLIN);
  watch(kServerErrors, server_.streams().errors.get(), POLLIN);
  watch(kControl, server_.control_fd(), POLLIN);
  watch(kSignals, signals_.get(), POLLIN);
  watch(kFacts, facts_.ready_fd(), POLLIN);
  watch(kGroup, group_ != nullptr ? group_->fd() : -1, POLLIN);
  watch(kStatus, status_ != nullptr ? status_->fd() : -1, POLLIN);
  watch(kPolicy, watched_.fd(), POLLIN);
  watch(kApprovals, approvals_.fd(), POLLIN);
  // Without something to write, the end of a pipe that nobody reads would be told for ever.
  watch(kClientOut, to_client_.queued() > 0 ? to_client_.fd() : -1, POLLOUT);
  watch(kServerIn, to_server_.queued() > 0 ? to_server_.fd() : -1, POLLOUT);
  watch(kErrorsOut, errors_.queued() > 0 ? errors_.fd() : -1, POLLOUT);
  return out;
}

int ProxyLoop::Engine::timeout() const {
  std::int64_t left = -1;
  for (const auto& due : {course_.due(), hold_.until(), watched_.due()}) {
    if (due) {
      const auto wait = std::chrono::ceil<milliseconds>(*due - clock_->steady()).count();
      left = std::max<std::int64_t>(0, left < 0 ? wait : std::min<std::int64_t>(left, wait));
    }
  }
  for (const auto& wanted : {session_.wanted_at_ms(), approvals_.wanted_at_ms()}) {
    if (wanted) {
      const std::int64_t own = std::max<std::int64_t>(0, *wanted - last_ms_);
      left = left < 0 ? own : std::min(left, own);
    }
  }
  return static_cast<int>(std::min<std::int64_t>(left, 60'000));
}

Served ProxyLoop::Engine::turn(const Polled& ready) {
  const auto is_ready = [&ready](Slot slot) { return ready[slot].revents != 0; };
  if (is_ready(kSignals)) {
    take_signals();
  }
  if (is_ready(kPolicy)) {
    watched_.hear();
  }
  if (is_ready(kControl)) {
    server_.hear();
  }
  if (is_ready(kServerErrors)) {
    static_cast<void>(errors_.pass(server_.streams().errors));
  }
  if (is_ready(kStatus)) {
    status_->answer([this] { return status_json(); });
  }
  if (is_ready(kGroup) && take_group() == Served::kGone) {
    return Served::kGone;
  }
  if (is_ready(kFacts) && take_facts() == Served::kGone) {
    return Served::kGone;
  }
  if (is_ready(kServerOut) && read_side(server_output_) == Served::kGone) {
    return Served::kGone;
  }
  if (is_ready(kClientIn) && read_side(client_) == Served::kGone) {
    return Served::kGone;
  }
  return Served::kOn;
}

// Lines

Served ProxyLoop::Engine::read_side(Source& source) {
  // No more than asked for: what one read brings in is counted on (GuardedSession).
  const auto room = source.framer.room(bounds_.read_bytes).first(bounds_.read_bytes);
  const ssize_t got = ::read(source.fd, room.data(), room.size());
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
    return Served::kOn;
  }
  if (got <= 0) {
    return end_side(source);
  }
  source.framer.commit(static_cast<std::size_t>(got));
  // The group's news of what a peer has answered to are there before its answer.
  if (group_ != nullptr && take_group() == Served::kGone) {
    return Served::kGone;
  }
  return take_lines(source);
}

Served ProxyLoop::Engine::take_lines(Source& source) {
  std::string line;
  for (;;) {
    switch (source.framer.next(line)) {
      case LineFramer::Next::kNeedMore: return Served::kOn;
      case LineFramer::Next::kLine:
        if (take_line(source, std::move(line)) == Served::kGone) {
          return Served::kGone;
        }
        line.clear();
        break;
      case LineFramer::Next::kLineTooLong:
        if (session_.on_long_line(source.direction, source.framer.too_long()) == Served::kGone) {
          return Served::kGone;
        }
        break;
    }
  }
}

Served ProxyLoop::Engine::take_line(const Source& source, std::string line) {
  // Before anything is decided: what is judged, recorded and replayed is what is passed on.
  if (redactor_ != nullptr && &source == &server_output_) {
    redacted_ += redactor_->redact(line);
  }
  return session_.on_line(source.direction, std::move(line));
}

/// What came after the last line feed is a line as well: some servers would read it as one.
Served ProxyLoop::Engine::end_side(Source& source) {
  std::string last(source.framer.rest());
  source.fd = -1;
  source.framer = LineFramer(bounds_.read_bytes);
  if (&source == &client_ && course_.serves()) {
    ending_.client_closed = true;
    course_.client_went();
  }
  return last.empty() ? Served::kOn : take_line(source, std::move(last));
}

void ProxyLoop::Engine::send(Direction to, std::string line) {
  (to == Direction::kToServer ? to_server_ : to_client_).add_line(std::move(line));
}

std::int64_t ProxyLoop::Engine::now_ms() {
  const auto now = std::chrono::duration_cast<milliseconds>(clock_->now().time_since_epoch());
  // A clock that is set back must not turn the order of events around.
  last_ms_ = std::max(last_ms_, static_cast<std::int64_t>(now.count()));
  return last_ms_;
}

Served ProxyLoop::Engine::take_facts() {
  for (Answered& answer : facts_.take()) {
    if (session_.on_fact(answer.ticket, std::move(answer.fact)) == Served::kGone) {
      return Served::kGone;
    }
  }
  return Served::kOn;
}

/// What people have answered, and what is over.
Served ProxyLoop::Engine::take_approvals(bool ready) {
  const auto wanted = approvals_.wanted_at_ms();
  if (!ready && (!wanted || now_ms() < *wanted)) {
    return Served::kOn;
  }
  for (const std::uint64_t ticket : approvals_.take(now_ms())) {
    if (session_.on_person(ticket) == Served::kGone) {
      return Served::kGone;
    }
  }
  return Served::kOn;
}

// The group

Served ProxyLoop::Engine::take_group() {
  group_->on_ready();
  for (const Reserved& reserved : group_->take_reserved()) {
    if (session_.on_reserved(reserved.ticket, reserved.state == ReservedState::kGranted) ==
        Served::kGone) {
      return Served::kGone;
    }
  }
  return Served::kOn;
}

std::vector<GroupFact> ProxyLoop::Engine::group_news() {
  return group_ != nullptr ? group_->news() : std::vector<GroupFact>();
}

void ProxyLoop::Engine::group_told(const std::vector<GroupFact>& facts) {
  if (group_ != nullptr) {
    group_->told(facts);
  }
}

bool ProxyLoop::Engine::must_reserve(std::uint8_t legs) {
  return group_ != nullptr && group_->must_reserve(legs);
}

void ProxyLoop::Engine::reserve(std::uint64_t ticket, const LegClaim& claim) {
  group_->reserve({.ticket = ticket,
                   .view = group_->view(),
                   .legs = claim.legs,
                   .tool = claim.name,
                   .sequence = claim.sequence});
}

// Signals, status

void ProxyLoop::Engine::take_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGHUP) {
      reload(true);
      continue;
    }
    server_.signal(number);
    if ((number == SIGTERM || number == SIGINT) && course_.has_input()) {
      ending_.signal = number;
      ending_.client_closed = true;
      client_.fd = -1;
      course_.signalled();
    }
  }
}

void ProxyLoop::Engine::reload(bool asked) {
  if (!reload_) {
    return;
  }
  ReloadOutcome outcome = reload_();
  watched_.follow(outcome.files);
  if (outcome.state == ReloadState::kKept) {
    keep_policy(outcome.why, asked);
    return;
  }
  kept_why_.clear();
  if (!outcome.engine) {
    if (asked) {
      errors_.say("the policy was read again; nothing has changed");
    }
    return;
  }
  ++reloads_;
  session_.use(outcome.engine->policy);
  approvals_.use(outcome.engine->policy->approval());
  bound_lines();
  errors_.say("the policy was read again");
  auditor_.reloaded(audited_engine(outcome.engine->engine));
  recorder_.reloaded(now_ms(), std::move(outcome.engine->engine));
}

void ProxyLoop::Engine::keep_policy(const std::string& why, bool asked) {
  if (kept_why_ == why && !asked) {
    return;
  }
  kept_why_ = why;
  errors_.say("the policy in force stays: " + why);
  auditor_.policy_kept(why);
}

std::string ProxyLoop::Engine::status_json() const {
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(clock_->steady() - started_);
  return proxy_status_json(
      session_, {.seconds = static_cast<std::uint64_t>(passed.count()),
                 .queued_to_server = to_server_.queued(),
                 .queued_to_client = to_client_.queued(),
                 .left_threads = threads_->load() - 1,
                 .redacted = redacted_,
                 .reloads = reloads_,
                 .kept_policy = kept_why_,
                 .recording = recorder_.records(),
                 .group = group_ != nullptr ? std::optional(group_->condition()) : std::nullopt});
}

// The end

void ProxyLoop::Engine::flush_all() {
  // Who does not read any more is found out by its own end.
  static_cast<void>(to_server_.flush());
  errors_.flush();
  if (to_client_.open() && !to_client_.flush() && course_.serves()) {
    ending_.client_closed = true;
    client_.fd = -1;
    course_.client_is_deaf();
  }
}

bool ProxyLoop::Engine::server_ended() const {
  return server_.status().has_value() || server_.keeper_gone();
}

std::string ProxyLoop::Engine::why_gone() const {
  switch (server_.excess()) {
    case FamilyExcess::kMemory: return "it took more memory than the policy allows, and was killed";
    case FamilyExcess::kProcesses:
      return "it started more processes than the policy allows, and was killed";
    case FamilyExcess::kNone: break;
  }
  if (const std::optional<ExitStatus>& status = server_.status(); status) {
    return "it ended with " + to_string(*status);
  }
  return server_.keeper_gone() ? "it was killed" : "it closed its output";
}

void ProxyLoop::Engine::server_is_gone() {
  errors_.pass_last(server_.streams().errors);
  session_.end_open_requests(why_gone());
  approvals_.close();
  client_.fd = -1;
}

EndingCourse::Signs ProxyLoop::Engine::signs() const {
  return {.server_ended = server_ended(),
          .output_ended = server_output_.fd < 0,
          .nothing_open = session_.state().pending.empty() && session_.parked() == 0 &&
                          to_server_.queued() == 0,
          .all_told = to_client_.queued() + errors_.queued() == 0};
}

bool ProxyLoop::Engine::move_on() {
  for (;;) {
    switch (course_.step(signs())) {
      case EndingCourse::Step::kNothing: return true;
      case EndingCourse::Step::kCloseInput: to_server_.close(); break;
      case EndingCourse::Step::kTerminate: server_.terminate(); break;
      case EndingCourse::Step::kServerGone: server_is_gone(); break;
      case EndingCourse::Step::kOver: return false;
    }
  }
}

ProxyLoop::ProxyLoop(ProxySetup setup) : engine_(std::make_shared<Engine>(std::move(setup))) {}

ProxyLoop::~ProxyLoop() = default;

ProxyEnding ProxyLoop::run() {
  return engine_->run();
}

}  // namespace merlon
