#pragma once
/// Which grants bind to a message, and when a session only watches.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/decision.h"
#include "model/event.h"
#include "model/policy.h"
#include "model/session_state.h"

namespace merlon {

/// Hex sha256 of the bytes that will be sent: what a person approves.
[[nodiscard]] std::string digest_of_message(std::string_view bytes);

/// The strongest grant whose digest is that of `bytes`, or null.
[[nodiscard]] const Grant* find_grant(const Facts& facts, std::string_view bytes);

/// The never-automatic categories of the message: what its guards said, and what the capability
/// model says of a call whatever the guards are.
[[nodiscard]] CategorySet asked_categories(const SessionState& state, const Event& event,
                                           std::span<const GuardOutcome> outcomes);

/// What the front end tells the engine of a ticket that has no grant, as the answer of an external
/// guard of this name: the ticket's number, and one of the words below.
inline constexpr std::string_view kApprovalFact = "approval:ticket";
/// Why a message that was asked about does not pass.
enum class AskedEnd : std::uint8_t {
  kOpen,     ///< nobody has answered so far; the same call passes once it is approved
  kDenied,   ///< a person refused it
  kChanged,  ///< the call is not any more what was shown
};
[[nodiscard]] Fact make_approval_fact(std::string_view ticket, AskedEnd end);
struct AskedFact {
  std::string ticket;
  AskedEnd end{AskedEnd::kOpen};
};
[[nodiscard]] std::optional<AskedFact> find_approval_fact(const Facts& facts);

/// True when the policy's mode is shadow, or the session falls into its share of shadow sessions:
/// chosen by the digest of the session's id, so the same session is always judged the same way.
[[nodiscard]] bool runs_in_shadow(const Policy& policy, std::string_view session);

}  // namespace merlon
