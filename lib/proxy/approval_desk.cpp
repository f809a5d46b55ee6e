#include "proxy/approval_desk.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/random.h"
#include "base/text.h"
#include "mcp/message_codec.h"
#include "mcp/method.h"
#include "policy/approval.h"
#include "policy/session_tracker.h"

namespace merlon {
namespace {

constexpr std::size_t kTicketPrefix = 8;
constexpr std::size_t kNonceBytes = 32;
constexpr std::size_t kNonceText = 32;
constexpr std::int64_t kSecondMs = 1000;
constexpr std::uint64_t kLongestAsked = 64ULL << 20U;
constexpr std::string_view kAnswerUnreadable = R"({"error":"this is no question"})";

/// What names a definition; of one without a canonical form its bytes.
std::string definition_digest(const std::map<ServerSurface::Key, KnownDefinition>& surface,
                              const std::string& name) {
  const auto found = surface.find({SurfaceList::kTools, name});
  if (found == surface.end()) {
    return "";
  }
  const KnownDefinition& known = found->second;
  if (!known.digest.empty() || known.document == nullptr || known.definition == kNoNode) {
    return known.digest;
  }
  return "bytes:" + sha256_hex(known.document->raw(known.definition));
}

std::string token_of(const Message& message) {
  if (message.kind != MessageKind::kRequest || message.direction != Direction::kToServer) {
    return "";
  }
  const auto meta = message.document.find(message.params, "_meta");
  const auto token = message.document.find(meta, "progressToken");
  return token ? std::string(message.document.raw(*token)) : "";
}

void add_to_epoll(const UniqueFd& epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event);
}

void drain_events(const UniqueFd& fd) {
  alignas(inotify_event) std::array<char, 4096> buffer{};
  while (::read(fd.get(), buffer.data(), buffer.size()) > 0) {
  }
}

PersonsAnswer refuse_asked(std::string_view ticket, AskedEnd end) {
  return {.kind = PersonsAnswer::Kind::kRefused,
          .grant = std::nullopt,
          .fact = make_approval_fact(ticket, end)};
}

PersonsAnswer nobody_asked() {
  return {.kind = PersonsAnswer::Kind::kNobody, .grant = std::nullopt, .fact = std::nullopt};
}

}  // namespace

/// A message that is asked about, with all that is bound.
struct ApprovalDesk::Question {
  const AskedMessageView& asked;
  const ApprovalTerms& terms;
  Message sent;  ///< as it would be sent
  CallSubject subject;
  CallBinding binding;
  CategorySet categories{0};
};

ApprovalDesk::ApprovalDesk(ApprovalDeskOptions options, Say to_client, Say to_operator)
    : options_(std::move(options)),
      to_client_(std::move(to_client)),
      to_operator_(std::move(to_operator)),
      dialogue_(options_.secret),
      own_user_(::geteuid()),
      mask_key_(sha256_hex(options_.secret)) {}

ApprovalDesk::~ApprovalDesk() {
  close();
}

bool ApprovalDesk::open_places(const ApprovalTerms& terms) {
  terms_ = terms;
  if (store_ == nullptr && !options_.state_folder.empty() &&
      options_.session.size() >= kTicketPrefix) {
    if (auto store = ApprovalStore::open(options_.state_folder)) {
      store_ = std::make_unique<ApprovalStore>(*std::move(store));
      ready_.reset(::epoll_create1(EPOLL_CLOEXEC));
      folder_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
      ::inotify_add_watch(folder_.get(), store_->folder().c_str(), IN_MOVED_TO | IN_CLOSE_WRITE);
      add_to_epoll(ready_, folder_.get());
    } else if (!told_) {
      told_ = true;
      to_operator_("nobody can be asked for approvals: " + store.error().message);
    }
  }
  if (store_ != nullptr) {
    open_socket(terms);
  }
  return store_ != nullptr;
}

void ApprovalDesk::open_socket(const ApprovalTerms& terms) {
  if (terms.socket.empty() || (socket_ != nullptr && socket_->folder() == terms.socket)) {
    return;
  }
  auto socket = ApprovalSocket::open(terms.socket, options_.session, *options_.clock);
  if (socket) {
    socket_ = *std::move(socket);
    add_to_epoll(ready_, socket_->fd());
  } else if (!told_) {
    told_ = true;
    to_operator_("no approvals by other users: " + socket.error().message);
  }
}

std::optional<ApprovalDesk::Question> ApprovalDesk::question_of(
    const AskedMessageView& asked) const {
  const Message& message = asked.event.message;
  auto sent = asked.decision.rewritten ? parse_message(*asked.decision.rewritten, message.direction,
                                                       MessageLimits{.bytes = kLongestAsked})
                                       : Result<Message>(message);
  if (!sent) {
    return std::nullopt;
  }
  const MessageContext context = context_of(asked.state, message);
  const std::string item = context.request != nullptr ? context.request->item : item_of(*sent);
  CallSubject subject{.server = asked.state.server,
                      .launch = options_.launch,
                      .item = item,
                      .definition = "",
                      .shown = ""};
  if (!context.called.name.empty()) {
    subject.definition = definition_digest(asked.state.surface.newest, item);
    subject.shown = definition_digest(asked.state.surface.sent, item);
  }
  auto binding = CallBinding::of(subject, *sent);
  if (!binding) {
    return std::nullopt;
  }
  return Question{
      .asked = asked,
      .terms = asked.policy.approval(),
      .sent = *std::move(sent),
      .subject = std::move(subject),
      .binding = *std::move(binding),
      .categories = asked_categories(asked.state, asked.event, asked.decision.outcomes)};
}

PersonsAnswer ApprovalDesk::ask(const AskedMessageView& asked, std::int64_t now_ms) {
  const ApprovalTerms& terms = asked.policy.approval();
  const auto waits = held_.find(asked.ticket);
  const auto question = terms.mode != ApprovalMode::kOff && open_places(terms)
                            ? question_of(asked)
                            : std::optional<Question>();
  if (!question) {
    forget(asked.ticket);
    return nobody_asked();
  }
  take_answers(now_ms);
  for (const std::string& id : tickets_.expire(now_ms)) {
    end_ticket(id, "over", "expired", now_ms);
  }
  if (const auto use = tickets_.use(question->binding, question->categories, terms, now_ms)) {
    held_.erase(asked.ticket);
    return grant(*question, *use, now_ms);
  }
  if (waits != held_.end()) {
    Held held = std::move(waits->second);
    held_.erase(waits);
    return let_go(std::move(held), *question, now_ms);
  }
  const OpenTickets::Entry* const known = tickets_.find(question->binding);
  if (known != nullptr && known->state == OpenTickets::State::kDenied) {
    // Nobody is asked the same thing again before the ticket is over.
    return refuse_asked(known->ticket.id, AskedEnd::kDenied);
  }
  const auto ticket = ticket_for(*question, now_ms);
  if (!ticket) {
    return nobody_asked();
  }
  const bool dialogue = terms.mode == ApprovalMode::kElicit && dialogue_.can_ask() &&
                        terms.least(question->categories) == Assurance::kElicited;
  if (terms.mode != ApprovalMode::kHold && !dialogue) {
    return refuse_asked(*ticket, AskedEnd::kOpen);
  }
  if (dialogue) {
    begin_dialogue(*ticket);
  }
  return hold(*question, *ticket, now_ms);
}

PersonsAnswer ApprovalDesk::grant(const Question& question, const OpenTickets::Use& use,
                                  std::int64_t now_ms) {
  if (use.last) {
    end_ticket(use.ticket, "used", "", now_ms);
  }
  return {.kind = PersonsAnswer::Kind::kGranted,
          .grant = Grant{.ticket = use.ticket,
                         .message_digest = sha256_hex(question.sent.bytes()),
                         .assurance = use.assurance,
                         .approver = use.approver},
          .fact = std::nullopt};
}

/// A message that waited, and has no grant now.
PersonsAnswer ApprovalDesk::let_go(Held held, const Question& question, std::int64_t now_ms) {
  const OpenTickets::Entry* const entry = tickets_.find(held.ticket);
  if (entry != nullptr && entry->state == OpenTickets::State::kDenied) {
    return refuse_asked(held.ticket, AskedEnd::kDenied);
  }
  if (entry != nullptr && entry->binding.digest() != question.binding.digest()) {
    to_operator_("ticket " + held.ticket +
                 " is void: " + std::string(to_string(AnswerRefusal::kCallChanged)));
    tickets_.close(held.ticket);
    end_ticket(held.ticket, "refused", to_string(AnswerRefusal::kCallChanged), now_ms);
    return refuse_asked(held.ticket, AskedEnd::kChanged);
  }
  if (held.until_ms > now_ms && entry != nullptr && entry->state == OpenTickets::State::kOpen) {
    held.again = false;
    held_.emplace(question.asked.ticket, std::move(held));
    return {.kind = PersonsAnswer::Kind::kWaits, .grant = std::nullopt, .fact = std::nullopt};
  }
  if (auto over = dialogue_.withdraw(held.ticket)) {
    to_client_(*std::move(over));
  }
  return refuse_asked(held.ticket, AskedEnd::kOpen);
}

std::optional<std::string> ApprovalDesk::ticket_for(const Question& question, std::int64_t now_ms) {
  if (const OpenTickets::Entry* const known = tickets_.find(question.binding)) {
    if (known->state == OpenTickets::State::kOpen) {
      return known->ticket.id;
    }
    // Approved, but not for what is asked now.
    const std::string id = known->ticket.id;
    tickets_.close(id);
    end_ticket(id, "over", "superseded", now_ms);
  }
  if (tickets_.full()) {
    to_operator_("too many approvals are open: nobody is asked");
    return std::nullopt;
  }
  Ticket ticket = make_ticket(question, now_ms);
  if (const Status kept = store_->add_ticket(ticket, now_ms); !kept) {
    to_operator_("nobody can be asked: " + kept.error().message);
    return std::nullopt;
  }
  if (!question.terms.notify.empty()) {
    if (notifier_ == nullptr) {
      notifier_ = std::make_unique<ApprovalNotifier>(options_.notify_environment);
    }
    notifier_->tell(question.terms.notify, to_string(ticket));
  }
  std::string id = ticket.id;
  tickets_.add(std::move(ticket), question.binding);
  return id;
}

Ticket ApprovalDesk::make_ticket(const Question& question, std::int64_t now_ms) {
  const AskedMessageView& asked = question.asked;
  Ticket out;
  out.id = options_.session.substr(0, kTicketPrefix) + "-" + std::to_string(++last_number_);
  // Without randomness of its own the session's secret and the number still make it one of a kind.
  out.nonce = sha256_hex(random_bytes(kNonceBytes).value_or("") + options_.secret + out.id)
                  .substr(0, kNonceText);
  out.session = options_.session;
  out.server = shorten(question.subject.server, 512);
  out.launch = question.subject.launch;
  out.policy = asked.decision.policy_digest;
  out.direction = to_string(asked.event.message.direction);
  out.method = shorten(asked.event.message.method, 256);
  out.item = shorten(question.subject.item, 1024);
  out.definition = question.subject.definition;
  out.shown = question.subject.shown;
  out.call = question.binding.digest();
  out.message = sha256_hex(question.sent.bytes());
  out.summary = summary_of(question.sent);
  out.categories = question.categories;
  for (const Reason* const reason : determining_reasons(asked.decision)) {
    if (out.reasons.size() < kMostTicketReasons) {
      out.reasons.push_back({.code = std::string(to_string(reason->code)),
                             .rule = reason->rule_id,
                             .message = shorten(reason->message, 512)});
    }
  }
  out.least = question.terms.least(question.categories);
  out.user = own_user_;
  out.created_ms = now_ms;
  const std::uint32_t seconds =
      question.terms.mode == ApprovalMode::kTicket
          ? question.terms.ttl_seconds
          : std::max(question.terms.ttl_seconds, question.terms.hold_seconds);
  out.expires_ms = now_ms + std::int64_t{seconds} * kSecondMs;
  return out;
}

/// The arguments as people may see them: secrets masked, one line, nothing that a terminal obeys.
std::string ApprovalDesk::summary_of(const Message& message) const {
  const NodeId part = message.params != kNoNode   ? message.params
                      : message.result != kNoNode ? message.result
                                                  : message.error;
  if (part == kNoNode) {
    return "";
  }
  const auto arguments = message.document.find(message.params, "arguments");
  const std::string text(message.document.raw(arguments.value_or(part)));
  const RecordingMask mask(options_.masker, mask_key_);
  std::vector<std::string> places;
  std::string shown = escape_for_display(mask.apply_to_json(text, "", places).value_or(text));
  if (shown.size() <= kMostTicketSummary) {
    return shown;
  }
  return shorten(shown, kMostTicketSummary) + " (shortened: " + std::to_string(shown.size()) +
         " bytes in all)";
}

PersonsAnswer ApprovalDesk::hold(const Question& question, const std::string& ticket,
                                 std::int64_t now_ms) {
  if (held_.size() >= kMostHeld) {
    return refuse_asked(ticket, AskedEnd::kOpen);
  }
  held_.insert_or_assign(
      question.asked.ticket,
      Held{.ticket = ticket,
           .until_ms = now_ms + std::int64_t{question.terms.hold_seconds} * kSecondMs,
           .progress_token = token_of(question.asked.event.message),
           .progress_at_ms = now_ms + kProgressMs,
           .progress = 0,
           .again = false});
  return {.kind = PersonsAnswer::Kind::kWaits, .grant = std::nullopt, .fact = std::nullopt};
}

void ApprovalDesk::begin_dialogue(const std::string& ticket) {
  const OpenTickets::Entry* const entry = tickets_.find(ticket);
  if (entry != nullptr && held_.size() < kMostHeld) {
    to_client_(dialogue_.ask(entry->ticket));
  }
}

void ApprovalDesk::forget(std::uint64_t held) {
  const auto found = held_.find(held);
  if (found == held_.end()) {
    return;
  }
  const std::string ticket = found->second.ticket;
  held_.erase(found);
  const bool shared = std::ranges::any_of(
      held_, [&ticket](const auto& entry) { return entry.second.ticket == ticket; });
  if (shared) {
    return;
  }
  if (auto over = dialogue_.withdraw(ticket)) {
    to_client_(*std::move(over));
  }
  if (const auto* const entry = tickets_.find(ticket);
      entry != nullptr && entry->state == OpenTickets::State::kOpen) {
    const std::int64_t made = entry->ticket.created_ms;
    tickets_.close(ticket);
    end_ticket(ticket, "over", "withdrawn", made);
  }
}

/// What is left of a ticket for people is its outcome.
void ApprovalDesk::end_ticket(std::string_view id, std::string_view state, std::string_view reason,
                              std::int64_t now_ms) {
  if (store_ == nullptr) {
    return;
  }
  TicketOutcome outcome = store_->outcome(id).value_or(TicketOutcome{});
  outcome.ticket = id;
  outcome.state = state;
  outcome.reason = reason;
  outcome.time_ms = now_ms;
  static_cast<void>(store_->write_outcome(outcome));
  store_->remove_ticket(id);
}

bool ApprovalDesk::hear(const Message& message, std::int64_t now_ms) {
  const auto reply = dialogue_.take(message);
  if (!reply) {
    return false;
  }
  const OpenTickets::Entry* const entry = tickets_.find(reply->ticket);
  if (entry == nullptr) {
    return true;
  }
  const PersonAnswer answer{.ticket = entry->ticket.id,
                            .ticket_digest = entry->digest,
                            .approves = reply->approves,
                            .approver = "the client's dialogue",
                            .created_ms = now_ms,
                            .expires_ms = entry->ticket.expires_ms,
                            .uses = 1,
                            .vary = {}};
  take_answer(answer.ticket, to_string(answer),
              {.way = AnswerCarrier::Way::kDialogue,
               .user = own_user_,
               .named = false,
               .own_user = own_user_},
              now_ms);
  return true;
}

TicketOutcome ApprovalDesk::take_answer(std::string_view id, std::string_view bytes,
                                        const AnswerCarrier& carrier, std::int64_t now_ms) {
  TicketOutcome out{.ticket = std::string(id),
                    .answer = sha256_hex(bytes),
                    .state = "refused",
                    .reason = std::string(to_string(AnswerRefusal::kUnreadable)),
                    .assurance = "",
                    .approver = "",
                    .time_ms = now_ms};
  if (const auto file = parse_answer_file(bytes)) {
    const AnswerVerdict verdict = file->answer.ticket == id
                                      ? tickets_.answer(*file, carrier, terms_, now_ms)
                                      : AnswerVerdict{.refusal = AnswerRefusal::kOtherTicket};
    out.reason = verdict.refusal == AnswerRefusal::kNone ? "" : to_string(verdict.refusal);
    if (verdict.refusal == AnswerRefusal::kNone) {
      out.state = file->answer.approves ? "approved" : "denied";
      out.assurance = to_string(verdict.assurance);
      out.approver = verdict.approver;
      for (auto& [number, held] : held_) {
        held.again = held.again || held.ticket == id;
      }
    }
  }
  if (out.state == "refused") {
    to_operator_("an answer to ticket " + std::string(id) + " is refused: " + out.reason);
  } else {
    to_operator_("ticket " + std::string(id) + " is " + out.state + " (" + out.assurance + ", " +
                 out.approver + ")");
  }
  static_cast<void>(store_->write_outcome(out));
  return out;
}

void ApprovalDesk::take_answers(std::int64_t now_ms) {
  if (store_ == nullptr) {
    return;
  }
  const std::string prefix = options_.session.substr(0, kTicketPrefix) + "-";
  for (const std::string& id : store_->answered_ids()) {
    if (!id.starts_with(prefix)) {
      continue;  // another proxy's
    }
    const auto bytes = store_->take_answer(id);
    if (!bytes) {
      const TicketOutcome refused{.ticket = id,
                                  .answer = "",
                                  .state = "refused",
                                  .reason = std::string(to_string(AnswerRefusal::kForged)),
                                  .assurance = "",
                                  .approver = "",
                                  .time_ms = now_ms};
      to_operator_("an answer to ticket " + id + " is refused: forged, " + bytes.error().message);
      static_cast<void>(store_->write_outcome(refused));
      continue;
    }
    take_answer(id, *bytes,
                {.way = AnswerCarrier::Way::kFile,
                 .user = own_user_,
                 .named = false,
                 .own_user = own_user_},
                now_ms);
  }
}

std::string ApprovalDesk::serve_line(std::string_view line, std::uint64_t user,
                                     std::int64_t now_ms) {
  const auto document = parse_json(SourceText::copy_of("question", std::string(line)),
                                   JsonDialect::kStrict, Limits{});
  const bool heard = user == own_user_ || names_user(terms_.users, user);
  if (!document || !heard) {
    return heard ? std::string(kAnswerUnreadable) : R"({"error":"wrong-user"})";
  }
  const std::string wanted = document->string_or(document->find(document->root(), "op"), "");
  if (wanted == "list") {
    JsonWriter json;
    json.begin_object().key("tickets").begin_array();
    for (const auto& [id, entry] : tickets_.all()) {
      if (entry.state == OpenTickets::State::kOpen) {
        json.raw(to_string(entry.ticket));
      }
    }
    json.end_array().end_object();
    return std::move(json).take();
  }
  const std::string grant_text = document->string_or(document->find(document->root(), "grant"), "");
  const auto file = parse_answer_file(grant_text);
  if (wanted != "answer" || !file) {
    return std::string(kAnswerUnreadable);
  }
  if (!file->answer.ticket.starts_with(options_.session.substr(0, kTicketPrefix))) {
    return R"({"error":"other-ticket"})";
  }
  return to_string(take_answer(file->answer.ticket, grant_text,
                               {.way = AnswerCarrier::Way::kSocket,
                                .user = user,
                                .named = names_user(terms_.users, user),
                                .own_user = own_user_},
                               now_ms));
}

std::vector<std::uint64_t> ApprovalDesk::take(std::int64_t now_ms) {
  std::vector<std::uint64_t> out;
  if (store_ == nullptr) {
    return out;
  }
  drain_events(folder_);
  take_answers(now_ms);
  if (socket_ != nullptr) {
    socket_->serve([this, now_ms](std::string_view line, std::uint64_t user) {
      return serve_line(line, user, now_ms);
    });
  }
  for (const std::string& id : tickets_.expire(now_ms)) {
    end_ticket(id, "over", "expired", now_ms);
  }
  show_progress(now_ms);
  for (auto& [number, held] : held_) {
    if (held.again || now_ms >= held.until_ms || tickets_.find(held.ticket) == nullptr) {
      out.push_back(number);
    }
  }
  return out;
}

void ApprovalDesk::show_progress(std::int64_t now_ms) {
  for (auto& [number, held] : held_) {
    if (held.progress_token.empty() || now_ms < held.progress_at_ms || held.again) {
      continue;
    }
    held.progress_at_ms = now_ms + kProgressMs;
    // Small steps: what the server counts later must be able to rise above them.
    const double progress = static_cast<double>(++held.progress) / 1e6;
    JsonWriter json;
    json.begin_object().field("jsonrpc", "2.0").field("method", "notifications/progress");
    json.key("params").begin_object().key("progressToken").raw(held.progress_token);
    json.key("progress").number(progress);
    json.field("message", "waiting for a person to approve ticket " + held.ticket);
    json.end_object().end_object();
    to_client_(std::move(json).take());
  }
}

std::optional<std::int64_t> ApprovalDesk::wanted_at_ms() const {
  std::optional<std::int64_t> out;
  const auto note = [&out](std::int64_t at) { out = out ? std::min(*out, at) : at; };
  for (const auto& [number, held] : held_) {
    note(held.again ? 0 : held.until_ms);
    if (!held.progress_token.empty()) {
      note(held.progress_at_ms);
    }
  }
  for (const auto& [id, entry] : tickets_.all()) {
    note(entry.state == OpenTickets::State::kApproved ? entry.answer.expires_ms
                                                      : entry.ticket.expires_ms);
  }
  return out;
}

void ApprovalDesk::close() {
  if (store_ == nullptr) {
    return;
  }
  for (const auto& [id, entry] : tickets_.all()) {
    end_ticket(id, "over", "session-ended", entry.ticket.created_ms);
  }
  tickets_ = OpenTickets();
  held_.clear();
}

}  // namespace merlon
