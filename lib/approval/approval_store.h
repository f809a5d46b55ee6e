#pragma once
/// Where tickets wait for people, and answers for proxies: `STATE/approvals`, mode 0700, of this
/// user alone. A mailbox and no authority: open_tickets.h decides. docs/spec/approvals.md, "Files".
///
///   ID.ticket    the question, written by the proxy
///   ID.grant     the answer, written by `merlon approvals`, taken away by the proxy
///   ID.outcome   what became of it, for who answered
///   lock         held while tickets are counted and written
///
/// Files are written whole and 0600; those of others, links and what others can write are not read.
/// Several processes at once; one object, one thread.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approval/ticket.h"
#include "base/process/unique_fd.h"
#include "base/result.h"

namespace merlon {

/// What became of a ticket, or of an answer to it.
struct TicketOutcome {
  std::string ticket;
  std::string answer;  ///< digest of the answer's file; empty when there was none
  std::string state;   ///< "approved", "denied", "refused", "used", "over"
  std::string reason;  ///< of "refused": to_string(AnswerRefusal)
  std::string assurance;
  std::string approver;
  std::int64_t time_ms{0};
  friend bool operator==(const TicketOutcome&, const TicketOutcome&) = default;
};
[[nodiscard]] std::string to_string(const TicketOutcome& outcome);
[[nodiscard]] Result<TicketOutcome> parse_ticket_outcome(std::string_view text);

class ApprovalStore {
 public:
  static constexpr std::size_t kMostTickets = 256;
  /// How long an outcome is kept.
  static constexpr std::int64_t kOutcomeMs = 3'600'000;

  /// `state_folder` is `$XDG_STATE_HOME/merlon`. Made when it is not there.
  [[nodiscard]] static Result<ApprovalStore> open(const std::string& state_folder);

  [[nodiscard]] const std::string& folder() const { return path_; }

  /// Removes what is over, then writes. `kLimit` when there are too many.
  [[nodiscard]] Status add_ticket(const Ticket& ticket, std::int64_t now_ms) const;
  /// With its answer; the outcome stays.
  void remove_ticket(std::string_view id) const;
  /// Ids of all tickets, sorted.
  [[nodiscard]] std::vector<std::string> ticket_ids() const;
  [[nodiscard]] Result<Ticket> ticket(std::string_view id) const;

  [[nodiscard]] Status write_answer(std::string_view id, std::string_view bytes) const;
  /// Ids of answers that wait.
  [[nodiscard]] std::vector<std::string> answered_ids() const;
  /// The bytes, which are gone from the folder after that. An Error for a file that is not ours.
  [[nodiscard]] Result<std::string> take_answer(std::string_view id) const;

  [[nodiscard]] Status write_outcome(const TicketOutcome& outcome) const;
  [[nodiscard]] std::optional<TicketOutcome> outcome(std::string_view id) const;

 private:
  ApprovalStore(std::string path, UniqueFd folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}
  [[nodiscard]] std::vector<std::string> ids(std::string_view suffix) const;
  [[nodiscard]] Result<std::string> read(const std::string& name) const;
  [[nodiscard]] Result<UniqueFd> lock() const;
  void forget_old(std::int64_t now_ms) const;
  void remove_file(std::string_view id, std::string_view suffix) const;

  std::string path_;
  UniqueFd folder_;
};

}  // namespace merlon
