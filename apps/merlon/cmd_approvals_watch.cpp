#include <array>
#include <chrono>
#include <ostream>
#include <set>
#include <string>
#include <thread>

#include <unistd.h>

#include "approvals_actions.h"
#include "exit_code.h"

namespace merlon::cli {
namespace {

constexpr std::chrono::milliseconds kWatchStep{250};

/// One line of the terminal; nothing at its end.
std::optional<std::string> read_terminal_line() {
  std::array<char, 256> buffer{};
  const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (got <= 0) {
    return std::nullopt;
  }
  return std::string(buffer.data(), static_cast<std::size_t>(got));
}

/// Asks who sits at the terminal. False when nobody does any more.
bool ask_at_terminal(Env& env, const TicketPlace& place, const Ticket& ticket) {
  env.out << "approve this call, once? [y/n/later] " << std::flush;
  const auto line = read_terminal_line();
  if (!line) {
    return false;
  }
  const char first = line->front();
  if (first != 'y' && first != 'n') {
    return true;
  }
  const auto outcome = answer_plainly(env, place, ticket, first == 'y');
  if (outcome) {
    static_cast<void>(show_outcome(env, *outcome, "text"));
  } else {
    env.err << render(outcome.error());
  }
  return true;
}

}  // namespace

int approvals_watch(Env& env, std::span<const std::string> args) {
  TicketPlace place;
  std::string format = "text";
  std::uint64_t count = 0;
  Options options("approvals watch", "wait for tickets and show them");
  options.describe(
      "Shows each ticket once, those that wait already first, until it is interrupted. At a "
      "terminal it asks for an answer.");
  place.declare(options);
  options.value("--count", count, "COUNT", "end after so many tickets");
  options.choice("--format,-f", format, {"text", "json"}, "output format; json is a line each");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const bool asks = format == "text" && env.out_is_terminal && ::isatty(STDIN_FILENO) == 1;
  std::set<std::string> shown;
  for (;;) {
    const auto tickets = place.tickets(env);
    if (!tickets) {
      env.err << render(tickets.error());
      return kEnvironment;
    }
    for (const Ticket& ticket : *tickets) {
      if (!shown.insert(ticket.id).second) {
        continue;
      }
      env.out << (format == "json" ? to_string(ticket) + "\n" : ticket_text(ticket, now_ms(env)))
              << std::flush;
      if ((asks && !ask_at_terminal(env, place, ticket)) || shown.size() == count) {
        return kYes;
      }
    }
    std::this_thread::sleep_for(kWatchStep);
  }
}

}  // namespace merlon::cli
