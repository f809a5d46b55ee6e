#pragma once
/// What a policy says about approvals: how a person is asked, who may answer, and how far an answer
/// must be believed. `[approval]` of docs/spec/policy.md; lib/policy/approval_section.h reads it.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capability/action_tier.h"
#include "model/event.h"
#include "model/policy.h"
#include "proof/key.h"
#include "proof/ssh_key.h"

namespace merlon {

enum class ApprovalMode : std::uint8_t {
  kOff,     ///< nobody is asked: what asks is refused
  kTicket,  ///< refused at once with a ticket's number; the same call passes once it is approved
  kHold,    ///< the message waits for the answer, then as above
  kElicit,  ///< the client's own dialogue where it has one; where not, as a ticket
};
/// "off", "ticket", "hold", "elicit", in the order of the enum.
[[nodiscard]] std::span<const std::string_view> approval_mode_words();

/// "elicited", "same-user", "other-user", "remote-signed", "hardware".
[[nodiscard]] std::string_view to_string(Assurance assurance);
[[nodiscard]] std::span<const std::string_view> assurance_words();
[[nodiscard]] std::optional<Assurance> parse_assurance(std::string_view word);

struct ApprovalTerms {
  ApprovalMode mode{ApprovalMode::kOff};
  std::uint32_t hold_seconds{45};  ///< below the 60 seconds that hosts give a call
  std::uint32_t ttl_seconds{900};  ///< of a ticket
  Assurance standard{Assurance::kSameUser};
  /// Of calls of these categories, in the order of category_infos().
  std::array<Assurance, kCategoryCount> by_category{Assurance::kSameUser, Assurance::kSameUser,
                                                    Assurance::kSameUser, Assurance::kSameUser};
  std::uint32_t most_uses{1};     ///< of one grant
  std::uint32_t most_minutes{0};  ///< that a grant for several calls may last; 0: the ticket's time
  std::vector<VerifierKey> keys;  ///< whose signatures count
  std::vector<SshPublicKey> ssh_keys;  ///< the same, of security keys
  std::vector<std::string> users;      ///< names or numbers of those who may answer by the socket
  std::string socket;                  ///< folder of the socket for them; empty: none
  std::vector<std::string> notify;     ///< a command that is told of each ticket; empty: none
  [[nodiscard]] bool operator==(const ApprovalTerms&) const = default;

  /// The assurance that a call of these categories needs: the highest of them all.
  [[nodiscard]] Assurance least(CategorySet categories) const;
};

}  // namespace merlon
