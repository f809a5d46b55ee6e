#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>
#include <utility>

#include <unistd.h>

#include "approval/approval_terms.h"
#include "approval/person_answer.h"
#include "approvals_actions.h"
#include "base/digest/digest.h"
#include "base/json/json_reader.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "exit_code.h"
#include "proxy/approval_socket.h"
#include "state_places.h"

namespace merlon::cli {
namespace {

/// How long a proxy may take to look at an answer.
constexpr std::chrono::milliseconds kAnswerPatience{3000};
constexpr std::chrono::milliseconds kAnswerStep{20};

/// The tickets in one proxy's answer.
void add_socket_tickets(std::string_view text, std::vector<Ticket>& out) {
  const auto document =
      parse_json(SourceText::copy_of("answer", std::string(text)), JsonDialect::kStrict, Limits{});
  const auto list =
      document ? document->find(document->root(), "tickets") : std::optional<NodeId>();
  if (!list) {
    return;
  }
  for (const NodeId node : document->elements(*list)) {
    if (auto ticket = parse_ticket(document->raw(node))) {
      out.push_back(*std::move(ticket));
    }
  }
}

std::string seconds_left(const Ticket& ticket, std::int64_t now) {
  const std::int64_t left = std::max<std::int64_t>(0, (ticket.expires_ms - now) / 1000);
  return counted(static_cast<std::uint64_t>(left), "second");
}

std::string shown_or_none(const std::string& text) {
  return text.empty() ? "none" : escape_for_display(text);
}

}  // namespace

std::int64_t now_ms(const Env& env) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(env.clock.now().time_since_epoch())
      .count();
}

void TicketPlace::declare(Options& options) {
  options.value("--socket", socket_, "FOLDER",
                "the sockets of another user's proxies, as their policy names them");
}

Result<ApprovalStore> TicketPlace::store(const Env& env) const {
  const std::string folder = state_folder(env);
  if (folder.empty()) {
    return fail(ErrorCode::kUnsupported,
                "neither XDG_STATE_HOME nor HOME says where tickets are kept");
  }
  return ApprovalStore::open(folder);
}

Result<std::vector<Ticket>> TicketPlace::tickets(const Env& env) const {
  std::vector<Ticket> out;
  if (!socket_.empty()) {
    MERLON_TRY(const auto answers, ask_approval_sockets(socket_, R"({"op":"list"})"));
    for (const std::string& answer : answers) {
      add_socket_tickets(answer, out);
    }
  } else {
    MERLON_TRY(const ApprovalStore held, store(env));
    for (const std::string& id : held.ticket_ids()) {
      if (auto ticket = held.ticket(id)) {
        out.push_back(*std::move(ticket));
      }
    }
  }
  const std::int64_t now = now_ms(env);
  std::erase_if(out, [now](const Ticket& ticket) { return now >= ticket.expires_ms; });
  return out;
}

Result<Ticket> TicketPlace::ticket(const Env& env, std::string_view id) const {
  MERLON_TRY(auto all, tickets(env));
  for (Ticket& ticket : all) {
    if (ticket.id == id) {
      return std::move(ticket);
    }
  }
  Error error = make_error(ErrorCode::kNotFound, "no ticket `", escape_for_display(id), "` waits");
  error.hints.emplace_back("`merlon approvals list` shows those that do");
  return std::unexpected(std::move(error));
}

Result<TicketOutcome> TicketPlace::answer(const Env& env, const Ticket& ticket,
                                          const std::string& bytes) const {
  if (!socket_.empty()) {
    JsonWriter json;
    json.begin_object().field("op", "answer").field("grant", bytes).end_object();
    MERLON_TRY(const auto answers, ask_approval_sockets(socket_, std::move(json).take()));
    for (const std::string& text : answers) {
      if (auto outcome = parse_ticket_outcome(text)) {
        return outcome;
      }
    }
    return fail(ErrorCode::kNotFound, "no proxy took the answer: none listens, or none hears you");
  }
  MERLON_TRY(const ApprovalStore held, store(env));
  MERLON_CHECK(held.write_answer(ticket.id, bytes));
  const std::string digest = sha256_hex(bytes);
  const auto until = env.clock.steady() + kAnswerPatience;
  do {
    auto outcome = held.outcome(ticket.id);
    if (outcome && outcome->answer == digest) {
      return *std::move(outcome);
    }
    std::this_thread::sleep_for(kAnswerStep);
  } while (env.clock.steady() < until);
  return fail(ErrorCode::kNotFound, "no proxy has taken the answer so far");
}

std::string approver_name(const Env& env) {
  for (const std::string_view name : {"USER", "LOGNAME"}) {
    if (auto value = env.variable(name); value && !value->empty()) {
      return shorten(*value, 120);
    }
  }
  return "user " + std::to_string(::geteuid());
}

std::string ticket_row(const Ticket& ticket, std::int64_t now) {
  return ticket.id + "  " + escape_for_display(shorten(ticket.server, 60)) + "  " +
         escape_for_display(shorten(ticket.item, 80)) + "  " + to_category_list(ticket.categories) +
         "  needs " + std::string(to_string(ticket.least)) + "  " + seconds_left(ticket, now) +
         " left";
}

std::string ticket_text(const Ticket& ticket, std::int64_t now) {
  std::string out = "ticket " + ticket.id + "\n";
  const auto row = [&out](std::string_view name, const std::string& value) {
    out.append("  ").append(name).append(12 - name.size(), ' ').append(value).push_back('\n');
  };
  row("server", escape_for_display(ticket.server));
  row("method", escape_for_display(ticket.method));
  row("tool", shown_or_none(ticket.item));
  row("arguments", escape_for_display(ticket.summary));
  row("categories", to_category_list(ticket.categories));
  for (const TicketReason& reason : ticket.reasons) {
    row("because",
        escape_for_display(reason.message) + " (" + escape_for_display(reason.rule) + ")");
  }
  row("definition", shown_or_none(ticket.definition));
  if (ticket.shown != ticket.definition) {
    row("shown", shown_or_none(ticket.shown) + ", which is another one");
  }
  row("needs", std::string(to_string(ticket.least)));
  row("left", seconds_left(ticket, now));
  row("digest", sha256_hex(to_string(ticket)));
  return out;
}

int show_outcome(Env& env, const TicketOutcome& outcome, std::string_view format) {
  const bool taken = outcome.state != "refused";
  if (format == "json") {
    env.out << to_string(outcome) << '\n';
  } else {
    env.out << "ticket " << outcome.ticket << ": " << escape_for_display(outcome.state);
    if (!outcome.reason.empty()) {
      env.out << " (" << escape_for_display(outcome.reason) << ')';
    }
    if (!outcome.assurance.empty()) {
      env.out << ", " << escape_for_display(outcome.assurance) << ", "
              << escape_for_display(outcome.approver);
    }
    env.out << '\n';
  }
  return taken ? kYes : kNo;
}

Result<TicketOutcome> answer_plainly(Env& env, const TicketPlace& place, const Ticket& ticket,
                                     bool approves) {
  const PersonAnswer answer{.ticket = ticket.id,
                            .ticket_digest = sha256_hex(to_string(ticket)),
                            .approves = approves,
                            .approver = approver_name(env),
                            .created_ms = std::min(now_ms(env), ticket.expires_ms - 1),
                            .expires_ms = ticket.expires_ms,
                            .uses = 1,
                            .vary = {}};
  return place.answer(env, ticket, to_string(answer) + "\n");
}

}  // namespace merlon::cli
