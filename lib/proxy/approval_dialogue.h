#pragma once
/// The weakest way to ask: the client's own dialogue (`elicitation/create`), where it has one. Its
/// questions have ids that nobody can guess; the answers go no further. A client's hook can answer
/// in a person's place, so this is `elicited` and no more. docs/spec/approvals.md
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "approval/ticket.h"
#include "model/message.h"

namespace merlon {

class ApprovalDialogue {
 public:
  explicit ApprovalDialogue(std::string secret)
      : prefix_("merlon-ask-" + std::move(secret) + "-") {}

  /// Reads what the client can do from its `initialize`.
  void hear(const Message& message);
  [[nodiscard]] bool can_ask() const { return has_forms_; }

  /// The question about a ticket, as a line for the client.
  [[nodiscard]] std::string ask(const Ticket& ticket);
  /// A notification that the question about a ticket is over; nothing when none is open.
  [[nodiscard]] std::optional<std::string> withdraw(std::string_view ticket);

  struct Reply {
    std::string ticket;  ///< empty: of a question that is over
    bool approves{false};
  };
  /// Nothing when the message answers none of ours.
  [[nodiscard]] std::optional<Reply> take(const Message& message);

 private:
  std::string prefix_;
  bool has_forms_{false};
  std::uint64_t last_{0};
  std::map<std::string, std::string, std::less<>> open_;  ///< ticket by the question's id
};

}  // namespace merlon
