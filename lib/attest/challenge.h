#pragma once
/// A question that a verifier asks before it relies on someone (RFC 9334: the nonce for fresh
/// Evidence). docs/spec/attestation.md.
///
///   const std::string text = challenge_text(challenge);
///   MERLON_TRY(const Challenge again, parse_challenge(source, limits));
///
/// Pure; safe from many threads.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"

namespace merlon {

inline constexpr std::size_t kNonceBytes = 32;

/// Who vouches for a claim, weakest first.
enum class ClaimBasis : std::uint8_t {
  kAbsent,        ///< nothing is said
  kSelfReported,  ///< the one that is asked says so
  kInferred,      ///< follows from something that was looked at, which may not be what runs
  kMeasured,      ///< the bytes were hashed where they are used
};
[[nodiscard]] std::string_view to_string(ClaimBasis basis);
[[nodiscard]] Result<ClaimBasis> parse_claim_basis(std::string_view word);

/// What can be claimed: `executable`, `package`, `launch`, `surface`, `policy`, `audit`.
[[nodiscard]] bool is_claim_name(std::string_view name);

struct WantedClaim {
  std::string name;
  ClaimBasis basis{ClaimBasis::kSelfReported};  ///< the least that is accepted
  [[nodiscard]] bool operator==(const WantedClaim&) const = default;
};

struct Challenge {
  std::string nonce;     ///< 32 bytes
  std::string origin;    ///< who asks: the name of its key, or of its place
  std::string attester;  ///< who is asked: `name+id` of its key
  std::string role;      ///< of who is asked: `server`, `proxy` or `client`
  std::int64_t issued{0};
  std::int64_t expires{0};
  std::vector<WantedClaim> wants;
  [[nodiscard]] bool operator==(const Challenge&) const = default;
};

[[nodiscard]] bool is_attest_role(std::string_view role);

/// Pretty JSON with a line feed at its end.
[[nodiscard]] std::string challenge_text(const Challenge& challenge);
/// `kFormat` with the place: unknown or missing members, a nonce of another length, unknown roles
/// and claims; `kUnsupported` for another version.
[[nodiscard]] Result<Challenge> parse_challenge(const std::shared_ptr<const SourceText>& source,
                                                const Limits& limits);

/// SHA-256 in hex over the challenge as it was sent, the answerer's nonce and what both sides saw
/// of the channel between them (empty for none), each with its length before it.
[[nodiscard]] std::string transcript_digest(std::string_view challenge, std::string_view nonce,
                                            std::string_view channel);

}  // namespace merlon
