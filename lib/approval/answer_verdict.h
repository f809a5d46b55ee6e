#pragma once
/// How far a person's answer can be believed, or why not at all. docs/spec/approvals.md.
///
///   const AnswerVerdict verdict = judge_answer(file, carrier, {.terms = terms, .ticket = ticket,
///   .digest = digest, .now_ms = now});
///   if (verdict.refusal == AnswerRefusal::kNone) { ... verdict.assurance ... }
///
/// Pure but for the verification of signatures; safe from many threads.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "approval/approval_terms.h"
#include "approval/person_answer.h"
#include "approval/ticket.h"

namespace merlon {

/// Why an answer does not count. docs/spec/approvals.md has a row for each.
enum class AnswerRefusal : std::uint8_t {
  kNone,
  kUnreadable,     ///< no grant, or not spelled as one
  kForged,         ///< the file is not this user's alone
  kOtherTicket,    ///< names a ticket that is not open, or shows another text of it
  kReplayed,       ///< its ticket has been used
  kExpired,        ///< the grant's time, or the ticket's, is over
  kWrongKey,       ///< signed, but by no key that the policy pins
  kBadSignature,   ///< names a pinned key that did not sign it
  kNotPresent,     ///< a security key that nobody touched
  kWrongUser,      ///< came from a user whom the policy does not name
  kLowAssurance,   ///< believed less than the policy wants for this call
  kTooMany,        ///< more calls or a longer time than the policy lets one grant have
  kNotRepeatable,  ///< for several calls, but of a kind that is approved one by one
  kCallChanged,    ///< the call, the tool or the server is not what was approved
};
/// "unreadable", "forged", ...; "none".
[[nodiscard]] std::string_view to_string(AnswerRefusal refusal);

/// The way that an answer came.
struct AnswerCarrier {
  enum class Way : std::uint8_t { kFile, kSocket, kDialogue };
  Way way{Way::kFile};
  std::uint64_t user{0};      ///< who owns the file, or is at the other end of the socket
  bool named{false};          ///< a user whom the policy names as an approver
  std::uint64_t own_user{0};  ///< whom the proxy runs as
};

struct AnswerQuestion {
  const ApprovalTerms& terms;
  const Ticket& ticket;
  std::string_view digest;  ///< of the ticket
  std::int64_t now_ms{0};
};

struct AnswerVerdict {
  AnswerRefusal refusal{AnswerRefusal::kNone};
  Assurance assurance{Assurance::kElicited};
  std::string approver;  ///< as it is recorded: the key's name, or the user
};

/// A denial is taken from whoever could have approved with any assurance.
[[nodiscard]] AnswerVerdict judge_answer(const AnswerFile& file, const AnswerCarrier& carrier,
                                         const AnswerQuestion& question);

}  // namespace merlon
