#pragma once
/// A question to a person: may this message pass? One line of JSON with one spelling; a person's
/// answer names its digest, so what was shown is what was approved. docs/spec/approvals.md.
///
///   const std::string line = to_string(ticket);
///   MERLON_TRY(const Ticket same, parse_ticket(line));
///   sha256_hex(line);                            // the ticket's digest
///
/// Pure; safe from many threads.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/event.h"
#include "model/policy.h"

namespace merlon {

inline constexpr std::size_t kMostTicketBytes = std::size_t{64} << 10U;
inline constexpr std::size_t kMostTicketSummary = 4096;
inline constexpr std::size_t kMostTicketReasons = 16;

/// Why somebody must be asked: of the decision.
struct TicketReason {
  std::string code;
  std::string rule;
  std::string message;
  friend bool operator==(const TicketReason&, const TicketReason&) = default;
};

struct Ticket {
  std::string id;     ///< eight hex digits of the session, `-`, a number
  std::string nonce;  ///< 32 hex digits that nobody can guess
  std::string session;
  std::string server;
  std::string launch;
  std::string policy;  ///< digest of the policy that asked
  std::string direction;
  std::string method;
  std::string item;
  std::string definition;  ///< as in CallSubject
  std::string shown;
  std::string call;     ///< CallBinding::digest()
  std::string message;  ///< hex sha256 of the bytes as they would be sent
  std::string summary;  ///< the arguments with secrets masked, shortened
  CategorySet categories{0};
  std::vector<TicketReason> reasons;
  Assurance least{Assurance::kSameUser};  ///< the assurance that is needed
  std::uint64_t user{0};                  ///< number of the user that the proxy runs as
  std::int64_t created_ms{0};
  std::int64_t expires_ms{0};
  friend bool operator==(const Ticket&, const Ticket&) = default;
};

/// One line without its line feed.
[[nodiscard]] std::string to_string(const Ticket& ticket);
/// A line feed at the end is allowed. `kLimit` above kMostTicketBytes; `kSyntax`, `kFormat` for
/// what is no ticket, or is spelled in another way than to_string() spells it.
[[nodiscard]] Result<Ticket> parse_ticket(std::string_view text);
/// Safe as a part of a file's name.
[[nodiscard]] bool is_ticket_id(std::string_view text);
/// From 1970 to 9999.
[[nodiscard]] bool is_ticket_time(std::int64_t time_ms);
/// 64 lower-case hex digits.
[[nodiscard]] bool is_hex_digest(std::string_view text);

}  // namespace merlon
