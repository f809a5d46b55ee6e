#pragma once
/// Where a session's questions to people lie: makes tickets, puts them where people find them,
/// takes answers in, and says whether a message may pass. docs/spec/approvals.md
///
///   ApprovalDesk desk(options, say_to_client, tell_operator);
///   PersonsAnswer answer = desk.ask(asked);          // kWaits: hold the message
///   ... poll desk.fd(); for (ticket : desk.take(now_ms)) { session.on_person(ticket); } ...
///
/// Costs nothing before the first question. Never blocks but for small files. One thread at a time.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approval/approval_store.h"
#include "approval/open_tickets.h"
#include "base/clock.h"
#include "base/process/environment.h"
#include "base/process/unique_fd.h"
#include "mcp/recording_mask.h"
#include "proxy/approval_dialogue.h"
#include "proxy/approval_notifier.h"
#include "proxy/approval_socket.h"
#include "proxy/session_door.h"

namespace merlon {

struct ApprovalDeskOptions {
  std::string state_folder;  ///< empty: there is no place for tickets, and nobody is asked
  std::string session;
  std::string launch;  ///< digest of the launch command
  std::string secret;  ///< hex digits that no peer knows
  std::vector<EnvironmentVariable> notify_environment;
  TextMasker masker;  ///< of what people are shown
  const Clock* clock{&system_clock()};
};

class ApprovalDesk {
 public:
  /// Messages that wait for a person at once; more are answered at once.
  static constexpr std::size_t kMostHeld = 32;
  /// How often a client that wants to know is told that a call still waits.
  static constexpr std::int64_t kProgressMs = 5000;

  using Say = std::function<void(std::string line)>;

  ApprovalDesk(ApprovalDeskOptions options, Say to_client, Say to_operator);
  ApprovalDesk(const ApprovalDesk&) = delete;
  ApprovalDesk& operator=(const ApprovalDesk&) = delete;
  ~ApprovalDesk();

  [[nodiscard]] PersonsAnswer ask(const AskedMessageView& asked, std::int64_t now_ms);
  /// The message does not wait any more: nobody else's ticket is withdrawn.
  void forget(std::uint64_t held);
  /// From now on answers count as these terms say; open tickets too.
  void use(const ApprovalTerms& terms) { terms_ = terms; }
  /// A message that happened: of `initialize`, what the client can do.
  void note(const Message& message) { dialogue_.hear(message); }
  /// True when the client replies to a question of ours: that goes no further.
  [[nodiscard]] bool hear(const Message& message, std::int64_t now_ms);

  /// Readable when people have answered; -1 before the first question.
  [[nodiscard]] int fd() const { return ready_.get(); }
  /// Takes in what people said and what is over. Tickets of held messages that are to be asked
  /// about again.
  [[nodiscard]] std::vector<std::uint64_t> take(std::int64_t now_ms);
  /// When take() is wanted next; nothing: when fd() says so.
  [[nodiscard]] std::optional<std::int64_t> wanted_at_ms() const;
  /// Withdraws everything.
  void close();

 private:
  struct Held {
    std::string ticket;
    std::int64_t until_ms{0};
    std::string progress_token;  ///< as JSON; empty: nobody wants to know
    std::int64_t progress_at_ms{0};
    std::uint64_t progress{0};
    bool again{false};  ///< there is something new
  };
  struct Question;

  [[nodiscard]] bool open_places(const ApprovalTerms& terms);
  void open_socket(const ApprovalTerms& terms);
  [[nodiscard]] std::optional<Question> question_of(const AskedMessageView& asked) const;
  [[nodiscard]] PersonsAnswer grant(const Question& question, const OpenTickets::Use& use,
                                    std::int64_t now_ms);
  [[nodiscard]] PersonsAnswer let_go(Held held, const Question& question, std::int64_t now_ms);
  [[nodiscard]] std::optional<std::string> ticket_for(const Question& question,
                                                      std::int64_t now_ms);
  [[nodiscard]] Ticket make_ticket(const Question& question, std::int64_t now_ms);
  [[nodiscard]] PersonsAnswer hold(const Question& question, const std::string& ticket,
                                   std::int64_t now_ms);
  void begin_dialogue(const std::string& ticket);
  void end_ticket(std::string_view id, std::string_view state, std::string_view reason,
                  std::int64_t now_ms);
  void take_answers(std::int64_t now_ms);
  TicketOutcome take_answer(std::string_view id, std::string_view bytes,
                            const AnswerCarrier& carrier, std::int64_t now_ms);
  [[nodiscard]] std::string serve_line(std::string_view line, std::uint64_t user,
                                       std::int64_t now_ms);
  [[nodiscard]] std::string summary_of(const Message& message) const;
  void show_progress(std::int64_t now_ms);

  ApprovalDeskOptions options_;
  Say to_client_;
  Say to_operator_;
  ApprovalTerms terms_;  ///< that the last question was asked under
  std::unique_ptr<ApprovalStore> store_;
  OpenTickets tickets_;
  ApprovalDialogue dialogue_;
  std::unique_ptr<ApprovalSocket> socket_;
  std::unique_ptr<ApprovalNotifier> notifier_;
  std::map<std::uint64_t, Held> held_;
  std::uint64_t last_number_{0};
  std::uint64_t own_user_{0};
  std::string mask_key_;
  UniqueFd ready_;   ///< epoll: the folder, the socket
  UniqueFd folder_;  ///< inotify
  bool told_{false};
};

}  // namespace merlon
