#pragma once
/// The actions of `merlon approvals`: cmd_approvals_<name>.cpp and one row in cmd_approvals.cpp
/// each, and what they share.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "approval/approval_store.h"
#include "approval/ticket.h"
#include "base/result.h"
#include "env.h"
#include "options.h"

namespace merlon::cli {

[[nodiscard]] int approvals_list(Env& env, std::span<const std::string> args);
[[nodiscard]] int approvals_show(Env& env, std::span<const std::string> args);
[[nodiscard]] int approvals_approve(Env& env, std::span<const std::string> args);
[[nodiscard]] int approvals_deny(Env& env, std::span<const std::string> args);
[[nodiscard]] int approvals_watch(Env& env, std::span<const std::string> args);
[[nodiscard]] int approvals_sign(Env& env, std::span<const std::string> args);

/// Where tickets are: this user's folder, or the sockets of another user's proxies.
class TicketPlace {
 public:
  void declare(Options& options);
  /// Tickets that are not over, by id. Those that cannot be read are left out.
  [[nodiscard]] Result<std::vector<Ticket>> tickets(const Env& env) const;
  [[nodiscard]] Result<Ticket> ticket(const Env& env, std::string_view id) const;
  /// Hands an answer in, and waits a moment for what the proxy makes of it. `kNotFound` when no
  /// proxy took it.
  [[nodiscard]] Result<TicketOutcome> answer(const Env& env, const Ticket& ticket,
                                             const std::string& bytes) const;

 private:
  [[nodiscard]] Result<ApprovalStore> store(const Env& env) const;

  std::string socket_;
};

[[nodiscard]] std::int64_t now_ms(const Env& env);
/// A row of `list`, and of `watch`.
[[nodiscard]] std::string ticket_row(const Ticket& ticket, std::int64_t now);
/// All of a ticket, for people.
[[nodiscard]] std::string ticket_text(const Ticket& ticket, std::int64_t now);
/// What became of an answer: writes it, and the exit code.
[[nodiscard]] int show_outcome(Env& env, const TicketOutcome& outcome, std::string_view format);
/// Hands in a plain answer of this user.
[[nodiscard]] Result<TicketOutcome> answer_plainly(Env& env, const TicketPlace& place,
                                                   const Ticket& ticket, bool approves);
/// Whom answers of this user name.
[[nodiscard]] std::string approver_name(const Env& env);

}  // namespace merlon::cli
