#pragma once
/// A person's answer to a ticket, as it is written down and signed: one line of JSON with one
/// spelling; and the file that it comes in, bare or below a signature. docs/spec/approvals.md.
///
///   const std::string line = to_string(answer);
///   MERLON_TRY(const AnswerFile file, parse_answer_file(bytes));   // any of the three forms
///   file.answer.ticket_digest; file.line;                          // what was signed
///
/// Pure; safe from many threads. Nothing here is verified: answer_verdict.h.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "proof/dsse.h"

namespace merlon {

inline constexpr std::size_t kMostAnswerBytes = std::size_t{64} << 10U;
inline constexpr std::size_t kMostVaryPointers = 16;
inline constexpr std::uint32_t kMostGrantUses = 1000;
inline constexpr std::string_view kAnswerPayloadType = "application/vnd.merlon.approval-grant+json";
/// The namespace of `ssh-keygen -Y sign -n`.
inline constexpr std::string_view kAnswerSshNamespace = "merlon-approval";

struct PersonAnswer {
  std::string ticket;
  std::string ticket_digest;  ///< hex sha256 of the ticket's line: of what was shown
  bool approves{false};
  std::string approver;  ///< what the person is called; believed as far as the assurance goes
  std::int64_t created_ms{0};
  std::int64_t expires_ms{0};
  std::uint32_t uses{1};
  std::vector<std::string> vary;  ///< pointers into the arguments that may differ
  friend bool operator==(const PersonAnswer&, const PersonAnswer&) = default;
};

/// One line without its line feed: what is signed.
[[nodiscard]] std::string to_string(const PersonAnswer& answer);
/// A line feed at the end is allowed. Errors as of parse_ticket().
[[nodiscard]] Result<PersonAnswer> parse_person_answer(std::string_view text);

struct AnswerFile {
  PersonAnswer answer;
  std::string line;                  ///< the bytes of `answer`
  std::optional<DsseEnvelope> dsse;  ///< that they were taken from
  std::string ssh_signature;         ///< armored, over `line` and a line feed; empty: none
};

/// A bare line, a DSSE envelope around it, or
/// `{"merlon_approval_ssh":1,"grant":...,"signature":...}`.
[[nodiscard]] Result<AnswerFile> parse_answer_file(std::string_view bytes);
/// The third form.
[[nodiscard]] std::string ssh_answer_file(std::string_view line, std::string_view signature);

}  // namespace merlon
