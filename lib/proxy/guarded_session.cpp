#include "proxy/guarded_session.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/json/json_reader.h"
#include "guard/guard.h"
#include "mcp/cancellation.h"
#include "policy/session_tracker.h"
#include "proxy/proxy_answer.h"

namespace merlon {
namespace {

constexpr std::string_view kBlanks = " \t\r";
/// Of a server's line above the limit, so much is looked at for the id that it answers.
constexpr std::size_t kLongLineLook = 64U << 10U;
/// The only revision with batches (2025-03-26, basic: "Batching").
constexpr std::string_view kBatchRevision = "2025-03-26";

bool is_blank_line(std::string_view line) {
  return line.find_first_not_of(kBlanks) == std::string_view::npos;
}

/// Takes the time of each guard of one decision.
class GuardTimes final : public EvaluationProgress {
 public:
  explicit GuardTimes(std::size_t guards) : nanoseconds_(guards, 0) {}

  bool guard_starts(std::size_t index) override {
    stop();
    running_ = index;
    started_ = std::chrono::steady_clock::now();
    return true;
  }
  /// The decision is made.
  const std::vector<std::uint64_t>& stop() {
    if (running_ < nanoseconds_.size()) {
      const auto passed = std::chrono::steady_clock::now() - started_;
      nanoseconds_[running_] = static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count());
      running_ = nanoseconds_.size();
    }
    return nanoseconds_;
  }

 private:
  std::vector<std::uint64_t> nanoseconds_;
  std::size_t running_{static_cast<std::size_t>(-1)};
  std::chrono::steady_clock::time_point started_;
};

bool is_request_to_server(const Message& message) {
  return message.direction == Direction::kToServer && message.kind == MessageKind::kRequest;
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): what a session needs, each a thing of its own
GuardedSession::GuardedSession(SessionDoor& door, DeadlineWatch& watch,
                               std::shared_ptr<const CompiledPolicy> policy, SessionState state,
                               MessageLimits limits, std::string own_ids)
    : door_(door),
      watch_(watch),
      interceptor_(std::make_shared<Interceptor>(std::move(policy), std::move(state), limits)),
      questions_(std::move(own_ids)) {
  metrics_.use(interceptor_->policy());
}

void GuardedSession::use(std::shared_ptr<const CompiledPolicy> policy) {
  interceptor_->use(std::move(policy));
  metrics_.use(interceptor_->policy());
}

Served GuardedSession::on_line(Direction direction, std::string line) {
  if (is_blank_line(line)) {
    return Served::kOn;
  }
  if (is_batch(line)) {
    open_batch(direction, std::move(line));
    return drain();
  }
  if (backlog_.empty()) {
    return on_message(direction, std::move(line));
  }
  backlog_.emplace_back(direction, std::move(line));
  return drain();
}

Served GuardedSession::drain() {
  while (!backlog_.empty()) {
    auto [direction, line] = std::move(backlog_.front());
    backlog_.pop_front();
    if (on_message(direction, std::move(line)) == Served::kGone) {
      return Served::kGone;
    }
  }
  return Served::kOn;
}

bool GuardedSession::is_batch(std::string_view line) const {
  const std::size_t first = line.find_first_not_of(kBlanks);
  return line[first] == '[' && state().protocol_version == kBatchRevision &&
         line.size() <= interceptor_->limits().bytes;
}

/// The messages of a batch are messages of their own: each is judged, and goes on by itself.
void GuardedSession::open_batch(Direction direction, std::string line) {
  Limits limits;
  limits.json_depth = interceptor_->limits().depth + 1;
  limits.json_nodes = interceptor_->limits().nodes;
  const auto batch = parse_json(SourceText::copy_of("batch", line), JsonDialect::kStrict, limits);
  const auto messages = batch ? batch->elements(batch->root()) : std::vector<NodeId>();
  for (const NodeId message : messages) {
    backlog_.emplace_back(direction, std::string(batch->raw(message)));
  }
  if (messages.empty()) {
    // Not one, or none in it: refused as what it is.
    backlog_.emplace_back(direction, std::move(line));
  }
}

Served GuardedSession::on_message(Direction direction, std::string line) {
  const auto passage = std::make_shared<Passage>(++last_ticket_, [&] {
    return interceptor_->read(std::move(line), direction, door_.now_ms());
  });
  Received& received = passage->received;
  if (!received.event) {
    return refuse(direction, received, received.unreadable.size());
  }
  const Message& message = received.event->message;
  if (direction == Direction::kToClient && questions_.answers(message)) {
    received.event->origin = EventOrigin::kProxy;
  } else if (cancels_parked(message) || (direction == Direction::kToServer &&
                                         message.method.empty() && door_.takes_reply(message))) {
    return Served::kOn;
  }
  return advance(passage);
}

Served GuardedSession::on_long_line(Direction direction, std::string_view line) {
  Error problem =
      make_error(ErrorCode::kLimit, "a line of more than ",
                 std::to_string(interceptor_->limits().bytes), " bytes is above the limit");
  // A client that has not said its id by now is not waited for.
  const std::string_view begins =
      direction == Direction::kToClient ? line.substr(0, kLongLineLook) : std::string_view();
  Received received = interceptor_->refuse(direction, begins, std::move(problem));
  return refuse(direction, received, line.size());
}

Served GuardedSession::refuse(Direction direction, Received& received, std::uint64_t size) {
  metrics_.count_unreadable(direction);
  const bool ours =
      direction == Direction::kToClient && questions_.has_open_key(received.lost_answer);
  const Interception what = interceptor_->finish(received);
  const bool kept = received.unreadable.size() == size;
  if (door_.unreadable(direction, kept ? &received.unreadable : nullptr, size, received.problem,
                       what) &&
      what.action != Action::kDrop) {
    door_.send(what.to, what.bytes);
  }
  if (!ours) {
    return Served::kOn;
  }
  questions_.close();
  return answer_tool_list(FactState::kFailed);
}

bool GuardedSession::cancels_parked(const Message& message) {
  const std::string key = parked_.empty() ? std::string() : cancelled_id_key(message);
  if (key.empty()) {
    return false;
  }
  return std::erase_if(parked_, [&](const auto& entry) {
           const Message& waiting = entry.second->received.message_event().message;
           const bool cancelled = waiting.kind == MessageKind::kRequest &&
                                  waiting.direction == message.direction && waiting.id_key() == key;
           if (cancelled && entry.second->asking) {
             door_.forget_person(entry.first);
           }
           return cancelled;
         }) > 0;
}

Served GuardedSession::judge(const Shared& passage) {
  Event& event = passage->received.message_event();
  // A thread that is late still looks at these two: it keeps them alive.
  const std::shared_ptr<Interceptor> interceptor = interceptor_;
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): kept alive, see above
  const Shared kept = passage;
  event.facts.group = door_.group_news();
  if (too_many_left_) {
    event.facts.late_guards.assign(late_before_.begin(), late_before_.end());
  }
  interceptor->place(passage->received);
  current_ = kept;
  std::optional<GuardTimes> times;
  if (metrics_.wants_times()) {
    times.emplace(interceptor->policy().guards().size());
  }
  auto evaluation =
      watch_.decide(interceptor->policy(), interceptor->state(), event, times ? &*times : nullptr);
  if (!evaluation) {
    return Served::kGone;
  }
  current_.reset();
  passage->received.evaluation = *std::move(evaluation);
  if (times) {
    metrics_.add_times(times->stop());
  }
  return Served::kOn;
}

Served GuardedSession::resume(std::size_t late_guard, bool too_many_left) {
  // Whoever is late reads the old ones.
  interceptor_ = std::make_shared<Interceptor>(*interceptor_);
  const auto passage = std::make_shared<Passage>(*current_);
  current_.reset();
  const std::string& id = policy().guards()[late_guard].entry.id;
  late_before_.insert(id);
  too_many_left_ = too_many_left;
  passage->received.message_event().facts.late_guards.push_back(id);
  if (advance(passage) == Served::kGone) {
    return Served::kGone;
  }
  return drain();
}

Served GuardedSession::advance(const Shared& passage) {
  for (;;) {
    if (judge(passage) == Served::kGone) {
      return Served::kGone;
    }
    switch (look_for_facts(*passage)) {
      case Needs::kAllThere: return ask_or_happen(passage);
      case Needs::kJudgeAgain: continue;
      case Needs::kWaiting: break;
    }
    parked_[passage->ticket] = passage;
    const bool wants_list = passage->waits_for.contains({NeedKind::kToolList, ""});
    return wants_list && !questions_.open()
               ? ask_tool_list(questions_.ask_tools(passage->received.message_event().message, "",
                                                    door_.now_ms()))
               : Served::kOn;
  }
}

GuardedSession::Needs GuardedSession::look_for_facts(Passage& passage) {
  Facts& facts = passage.received.message_event().facts;
  bool found_out = false;
  for (const Need& need : passage.received.evaluation.needs) {
    const std::pair key{need.kind, need.what};
    if (facts.find(need.kind, need.what) != nullptr || passage.waits_for.contains(key)) {
      continue;
    }
    if (need.kind == NeedKind::kHook || parked_.size() >= kMostParked) {
      // No engine asks hooks yet; and who cannot wait is told so.
      facts.answers.push_back({.need = need, .state = FactState::kFailed, .values = {}});
      found_out = true;
      continue;
    }
    passage.waits_for.insert(key);
    if (need.kind != NeedKind::kToolList) {
      door_.find(passage.ticket, need);
    }
  }
  if (!passage.waits_for.empty()) {
    return Needs::kWaiting;
  }
  // A guard that still wants what it has been given is not asked for ever: its word is a denial.
  return found_out ? Needs::kJudgeAgain : Needs::kAllThere;
}

Served GuardedSession::on_fact(std::uint64_t ticket, Fact fact) {
  const auto found = parked_.find(ticket);
  if (found == parked_.end() ||
      found->second->waits_for.erase({fact.need.kind, fact.need.what}) == 0) {
    return Served::kOn;
  }
  const Shared passage = found->second;
  passage->received.message_event().facts.answers.push_back(std::move(fact));
  if (!passage->waits_for.empty()) {
    return Served::kOn;
  }
  parked_.erase(found);
  return advance(passage);
}

Served GuardedSession::ask_or_happen(const Shared& passage) {
  Event& event = passage->received.message_event();
  const Decision& decision = passage->received.evaluation.decision;
  const bool asks = decision.verdict == Verdict::kAsk && event.origin == EventOrigin::kPeer &&
                    event.message.kind != MessageKind::kNotification && !passage->answered;
  if (!asks) {
    return reserve_or_happen(passage);
  }
  PersonsAnswer answer = door_.ask_person({.ticket = passage->ticket,
                                           .event = event,
                                           .decision = decision,
                                           .state = state(),
                                           .policy = policy()});
  if (answer.kind == PersonsAnswer::Kind::kWaits) {
    passage->asking = true;
    parked_[passage->ticket] = passage;
    return Served::kOn;
  }
  passage->answered = true;
  if (answer.fact) {
    event.facts.answers.push_back(*std::move(answer.fact));
  }
  if (answer.grant) {
    event.facts.grants.push_back(*std::move(answer.grant));
    return advance(passage);
  }
  return reserve_or_happen(passage);
}

Served GuardedSession::on_person(std::uint64_t ticket) {
  const auto found = parked_.find(ticket);
  if (found == parked_.end() || !found->second->asking) {
    // It went another way, when a guard was late.
    door_.forget_person(ticket);
    return Served::kOn;
  }
  const Shared passage = found->second;
  parked_.erase(found);
  passage->asking = false;
  const Served served = advance(passage);
  if (served == Served::kOn && !passage->asking) {
    door_.forget_person(ticket);
  }
  return served;
}

Served GuardedSession::reserve_or_happen(const Shared& passage) {
  const Event& event = passage->received.message_event();
  if (event.origin == EventOrigin::kPeer && passes(passage->received.evaluation.decision) &&
      door_.must_reserve(kAllLegs)) {
    const EventLegs legs = legs_of_event(state(), event, policy());
    if (door_.must_reserve(legs.bits)) {
      passage->reserving = true;
      parked_[passage->ticket] = passage;
      door_.reserve(passage->ticket,
                    {.legs = legs.bits, .name = legs.name, .sequence = event.sequence});
      return Served::kOn;
    }
  }
  return happen(passage);
}

Served GuardedSession::on_reserved(std::uint64_t ticket, bool granted) {
  const auto found = parked_.find(ticket);
  if (found == parked_.end() || !found->second->reserving) {
    return Served::kOn;
  }
  const Shared passage = found->second;
  parked_.erase(found);
  passage->reserving = false;
  return granted && interceptor_->still_holds(passage->received) ? happen(passage)
                                                                 : advance(passage);
}

Served GuardedSession::happen(const Shared& passage) {
  Received& received = passage->received;
  const Event& event = received.message_event();
  Interception what = interceptor_->finish(received);
  const Decision& decision = received.evaluation.decision;
  metrics_.count(event, decision);
  door_.group_told(event.facts.group);
  const bool kept = door_.happened(event, decision, what);
  if (event.origin == EventOrigin::kProxy) {
    return happen_to_us(event.message, kept && passes(decision));
  }
  count_open(event.message, what.action);
  if (kept && what.action != Action::kDrop) {
    door_.send(what.to, std::move(what.bytes));
  }
  return Served::kOn;
}

/// Requests that are never answered make it drift; whoever waits because of it does not wait for
/// ever.
void GuardedSession::count_open(const Message& message, Action action) {
  const bool goes_on = action == Action::kForward || action == Action::kRewrite;
  if (message.direction == Direction::kToClient && message.method.empty()) {
    unanswered_ -= std::min<std::size_t>(unanswered_, 1);
    ++answers_;
  } else if (is_request_to_server(message) && goes_on) {
    ++unanswered_;
  }
}

/// One of our own questions has been decided, or the answer to one.
Served GuardedSession::happen_to_us(const Message& message, bool passed) {
  if (message.kind == MessageKind::kRequest) {
    if (passed) {
      door_.send(Direction::kToServer, std::string(message.bytes()));
      return Served::kOn;
    }
    questions_.close();
    return answer_tool_list(FactState::kFailed);
  }
  if (!questions_.answers_open(message)) {
    return Served::kOn;
  }
  if (auto next = questions_.next_page(message, door_.now_ms())) {
    return ask_tool_list(*std::move(next));
  }
  return answer_tool_list(message.kind == MessageKind::kResult ? FactState::kKnown
                                                               : FactState::kFailed);
}

Served GuardedSession::ask_tool_list(std::string question) {
  const auto passage = std::make_shared<Passage>(++last_ticket_, [&] {
    return interceptor_->read(std::move(question), Direction::kToServer, door_.now_ms(),
                              EventOrigin::kProxy);
  });
  if (!passage->received.event) {
    questions_.close();
    return answer_tool_list(FactState::kFailed);
  }
  return advance(passage);
}

Served GuardedSession::answer_tool_list(FactState state) {
  const Need need{.kind = NeedKind::kToolList, .what = ""};
  std::vector<std::uint64_t> waiting;
  for (const auto& [ticket, passage] : parked_) {
    if (passage->waits_for.contains({need.kind, need.what})) {
      waiting.push_back(ticket);
    }
  }
  for (const std::uint64_t ticket : waiting) {
    // Another thread that goes on here finds the others by their deadline.
    if (on_fact(ticket, {.need = need, .state = state, .values = {}}) == Served::kGone) {
      return Served::kGone;
    }
  }
  return Served::kOn;
}

std::optional<std::int64_t> GuardedSession::wanted_at_ms() const {
  return questions_.open() ? std::optional(questions_.deadline_ms()) : std::nullopt;
}

Served GuardedSession::on_time() {
  if (!questions_.open() || door_.now_ms() < questions_.deadline_ms()) {
    return Served::kOn;
  }
  questions_.close();
  return answer_tool_list(FactState::kTimeout);
}

void GuardedSession::end_open_requests(std::string_view why) {
  for (const auto& [key, request] : state().pending) {
    if (key.first == Direction::kToServer && !request.own) {
      door_.send(Direction::kToClient, server_gone_answer(id_of_key(key.second), why));
    }
  }
  for (const auto& [ticket, passage] : parked_) {
    const Message& message = passage->received.message_event().message;
    if (is_request_to_server(message) &&
        passage->received.message_event().origin == EventOrigin::kPeer) {
      door_.send(Direction::kToClient, server_gone_answer(message.document.raw(message.id), why));
    }
  }
  parked_.clear();
}

}  // namespace merlon
