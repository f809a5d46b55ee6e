#include <ostream>

#include "approvals_actions.h"
#include "base/json/json_writer.h"
#include "exit_code.h"

namespace merlon::cli {

int approvals_list(Env& env, std::span<const std::string> args) {
  TicketPlace place;
  std::string format = "text";
  Options options("approvals list", "the calls that wait for a person");
  place.declare(options);
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto tickets = place.tickets(env);
  if (!tickets) {
    env.err << render(tickets.error());
    return kEnvironment;
  }
  if (format == "json") {
    JsonWriter json;
    json.begin_array();
    for (const Ticket& ticket : *tickets) {
      json.raw(to_string(ticket));
    }
    json.end_array();
    env.out << std::move(json).take() << '\n';
    return kYes;
  }
  for (const Ticket& ticket : *tickets) {
    env.out << ticket_row(ticket, now_ms(env)) << '\n';
  }
  if (tickets->empty()) {
    env.out << "nothing waits\n";
  }
  return kYes;
}

int approvals_show(Env& env, std::span<const std::string> args) {
  TicketPlace place;
  std::string id;
  std::string format = "text";
  Options options("approvals show", "all of one ticket");
  options.positional("TICKET", id, "number of the ticket", true);
  place.declare(options);
  options.choice("--format,-f", format, {"text", "json"},
                 "output format; json is the ticket's line, which `sign` takes");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto ticket = place.ticket(env, id);
  if (!ticket) {
    env.err << render(ticket.error());
    return kIncomplete;
  }
  env.out << (format == "json" ? to_string(*ticket) + "\n" : ticket_text(*ticket, now_ms(env)));
  return kYes;
}

}  // namespace merlon::cli
