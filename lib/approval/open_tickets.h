#pragma once
/// The tickets of one session: the only place that says which are open, approved or used. What is
/// on the disk is a mailbox; a ticket or a grant that is put back there opens nothing here.
///
///   OpenTickets tickets;
///   tickets.add(ticket, binding);
///   tickets.answer(file, carrier, terms, now_ms);          // a person's word
///   if (auto use = tickets.use(binding, categories, terms, now_ms)) { ... a grant ... }
///
/// One thread at a time.
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "approval/answer_verdict.h"
#include "approval/call_binding.h"

namespace merlon {

class OpenTickets {
 public:
  /// Above it nobody is asked any more until some are answered or over.
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kMostRemembered = 1024;  ///< used tickets, to name a replay

  enum class State : std::uint8_t { kOpen, kApproved, kDenied };
  struct Entry {
    Ticket ticket;
    std::string digest;
    CallBinding binding;
    State state{State::kOpen};
    PersonAnswer answer;
    Assurance assurance{Assurance::kElicited};
    std::string approver;
    std::uint32_t left{0};  ///< uses
  };
  /// A grant, used once more.
  struct Use {
    std::string ticket;
    Assurance assurance{Assurance::kElicited};
    std::string approver;
    bool last{true};  ///< the ticket is used up
  };

  [[nodiscard]] bool full() const { return entries_.size() >= kMost; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  void add(Ticket ticket, CallBinding binding);
  [[nodiscard]] const Entry* find(std::string_view id) const;
  /// The open or approved one of exactly this call, or null.
  [[nodiscard]] const Entry* find(const CallBinding& binding) const;
  /// All, by id.
  [[nodiscard]] const std::map<std::string, Entry, std::less<>>& all() const { return entries_; }

  /// A person's word on a ticket. An approval of one that is answered already is `kReplayed`.
  [[nodiscard]] AnswerVerdict answer(const AnswerFile& file, const AnswerCarrier& carrier,
                                     const ApprovalTerms& terms, std::int64_t now_ms);
  /// Takes one use of a grant for this call. Judged again on what holds now: the terms and the
  /// categories of this call.
  [[nodiscard]] std::optional<Use> use(const CallBinding& binding, CategorySet categories,
                                       const ApprovalTerms& terms, std::int64_t now_ms);
  /// Closes a ticket: answered, withdrawn, or over.
  void close(std::string_view id);
  /// Closes those whose time is over, and says which.
  [[nodiscard]] std::vector<std::string> expire(std::int64_t now_ms);

 private:
  [[nodiscard]] static bool fits(const Entry& entry, const CallBinding& binding);

  std::map<std::string, Entry, std::less<>> entries_;
  std::deque<std::string> used_;  ///< digests of tickets
};

}  // namespace merlon
