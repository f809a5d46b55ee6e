#pragma once
/// What a verifier must not forget between two checks of evidence: which challenges were answered,
/// and how far each attester has come. The contents of `$XDG_STATE_HOME/merlon/attestations.json`.
/// docs/spec/attestation.md.
///
///   MERLON_TRY(AttestationMemory memory, parse_attestation_memory(source, limits));
///   terms.answered = memory.was_answered(challenge.nonce);
///   terms.remembered = memory.of(challenge.attester);
///   memory.record(challenge, evidence, now);
///
/// Plain data; not for many threads.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "attest/challenge.h"
#include "attest/evidence.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"

namespace merlon {

class AttestationMemory {
 public:
  [[nodiscard]] bool was_answered(std::string_view nonce) const;
  [[nodiscard]] EvidenceCounters of(std::string_view attester) const;

  /// A challenge whose evidence was verified. Challenges that have expired are forgotten: their
  /// expiry refuses them.
  void record(const Challenge& challenge, const CheckedEvidence& evidence, std::int64_t now);

  [[nodiscard]] std::string text() const;
  friend Result<AttestationMemory> parse_attestation_memory(
      const std::shared_ptr<const SourceText>& source, const Limits& limits);

 private:
  std::map<std::string, std::int64_t, std::less<>> answered_;  ///< digest of a nonce, expiry
  std::map<std::string, EvidenceCounters, std::less<>> attesters_;
};

/// `kSyntax`, `kFormat`: a memory that cannot be read vouches for nothing.
[[nodiscard]] Result<AttestationMemory> parse_attestation_memory(
    const std::shared_ptr<const SourceText>& source, const Limits& limits);

}  // namespace merlon
