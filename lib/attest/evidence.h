#pragma once
/// The answer to a challenge: Evidence in the words of RFC 9334, a statement signed by who was
/// asked. It is bound to both nonces, the roles, both parties, the bytes of the challenge and what
/// the two saw of the channel between them, so that it serves for nobody else and for no other
/// moment. docs/spec/attestation.md.
///
///   MERLON_TRY(auto envelope, make_evidence(source, answer, key));
///   MERLON_TRY(auto verdict, check_evidence(evidence_source, challenge_source, terms, limits));
///   if (verdict.steps.ok()) { ... verdict.evidence->claims ... }
///
/// Evidence vouches for the moment in which it was made, not for what is said afterwards. Pure;
/// safe from many threads.
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attest/challenge.h"
#include "attest/signed_statement.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/verification.h"
#include "proof/dsse.h"
#include "proof/key.h"

namespace merlon {

inline constexpr std::string_view kEvidencePredicate = "urn:merlon:predicate:evidence:v1";

struct EvidenceClaim {
  std::string name;
  ClaimBasis basis{ClaimBasis::kAbsent};
  std::string sha256;  ///< hex; empty when absent
  std::string hashed;  ///< what was hashed, in words
  [[nodiscard]] bool operator==(const EvidenceClaim&) const = default;
};

/// What rises with time and must not go back.
struct EvidenceCounters {
  std::uint64_t audit_size{0};  ///< records in the audit log; 0: no log
  std::uint64_t policy_version{0};
  std::int64_t issued{0};
};

struct EvidenceAnswer {
  std::string role;
  std::string nonce;  ///< 32 bytes of the one that answers
  std::string channel;
  std::int64_t issued{0};
  std::int64_t expires{0};
  std::uint64_t audit_size{0};
  std::uint64_t policy_version{0};
  std::vector<EvidenceClaim> claims;
};

/// Signs an answer. `kUsage` when the challenge is not for this key or role, was made by this key
/// itself, or has expired: what is signed for one must not serve another.
[[nodiscard]] Result<DsseEnvelope> make_evidence(const std::shared_ptr<const SourceText>& challenge,
                                                 const EvidenceAnswer& answer,
                                                 const SigningKey& key, const Limits& limits);

struct CheckedEvidence {
  std::string nonce;
  std::string attester;
  EvidenceCounters counters;
  std::vector<EvidenceClaim> claims;
};

/// A claim whose digest the verifier knows: the policy that it demands, the package it reviewed.
struct ExpectedClaim {
  std::string name;
  std::string sha256;
};

struct EvidenceTerms {
  std::span<const VerifierKey> trusted;
  std::string origin;   ///< who checks; the challenge's
  std::string channel;  ///< what the verifier saw of the channel
  std::int64_t now_ms{0};
  bool answered{false};         ///< this challenge was answered before
  EvidenceCounters remembered;  ///< of this attester, the highest so far
  std::vector<ExpectedClaim> expected;
};

struct EvidenceVerdict {
  Verification steps;
  std::optional<CheckedEvidence>
      evidence;  ///< where it could be read; verified only if all steps are ok
};

/// The steps `challenge`, `signature`, `statement`, `time`, `attester`, `role`, `origin`, `nonce`,
/// `channel`, `replay`, `rollback`, and `claim NAME` for each that was wanted or expected.
[[nodiscard]] Result<EvidenceVerdict> check_evidence(
    const std::shared_ptr<const SourceText>& evidence,
    const std::shared_ptr<const SourceText>& challenge, const EvidenceTerms& terms,
    const Limits& limits);

}  // namespace merlon
