#pragma once
/// Verifies a Sigstore bundle, offline and step by step. docs/spec/sigstore.md.
///
///   const SigstoreExpectation expected{.identity = identity, .issuers = {issuer}};
///   MERLON_TRY(const SigstoreVerdict verdict,
///              verify_sigstore_bundle(bundle, root, expected, artifact));
///   if (verdict.verification.ok()) { trust(verdict.facts); }
///
/// Steps in order: `bundle`, `certificate` or `key`, `time`, `authority`, `promise`, `log`,
/// `entry`, `identity`, `issuer`, `signature`, `artifact`. The first that is not ok is the last:
/// what comes after it would rest on it. Nothing is verified against what came along: authorities
/// and logs are those of `root`, keys those of the caller. Opens nothing, asks no clock; safe from
/// many threads.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "attest/sigstore_artifact.h"
#include "attest/sigstore_bundle.h"
#include "attest/sigstore_trusted_root.h"
#include "base/result.h"
#include "base/x509/public_key.h"
#include "model/verification.h"

namespace merlon {

/// Either a key, or whom a certificate must name.
struct SigstoreExpectation {
  std::optional<PublicKey> key;
  std::optional<std::string> identity;  ///< a subject alternative name, exactly
  std::vector<std::string> issuers;     ///< one of these vouched for the identity, exactly
  /// npm's first bundles carry their root certificate. It is never used; where it may not stand the
  /// bundle is refused.
  bool root_may_come_along{false};
};

/// What a verified bundle says. Of one that is not verified these are claims.
struct SigstoreFacts {
  std::string identity;  ///< subject alternative names, with commas
  std::string issuer;
  std::vector<std::int64_t> times;  ///< seconds since 1970, each vouched for
  std::string predicate_type;       ///< of an envelope
  /// Sigstore's extensions 1.3.6.1.4.1.57264.1.N of the certificate: N and text.
  std::vector<std::pair<int, std::string>> claims;
};

struct SigstoreVerdict {
  Verification verification;
  SigstoreFacts facts;
};

/// An Error says that the question could not be put: an algorithm that is not known, a file that is
/// needed where only its digest was given. A no otherwise.
[[nodiscard]] Result<SigstoreVerdict> verify_sigstore_bundle(const SigstoreBundle& bundle,
                                                             const TrustedRoot& root,
                                                             const SigstoreExpectation& expected,
                                                             const SigstoreArtifact& artifact);

}  // namespace merlon
