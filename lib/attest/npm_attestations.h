#pragma once
/// The two attestations of an npm package: that the registry published it (v0.1, signed with a key
/// of the registry), and where it was built (SLSA provenance, signed by the builder's certificate).
/// docs/spec/sigstore.md.
///
///   MERLON_TRY(const auto bundles, parse_npm_attestations(source, limits));
///   MERLON_TRY(const NpmVerdict verdict, verify_npm_package(bundles, trust, policy, tarball));
///
/// Both must be there and be about one package with the tarball's SHA-512; what the provenance says
/// of repository, commit and workflow must be what its certificate says.
#include <memory>
#include <string>
#include <vector>

#include "attest/npm_keys.h"
#include "attest/npm_provenance.h"
#include "attest/sigstore_verifier.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"
#include "model/verification.h"

namespace merlon {

/// The answer of the registry's `-/npm/v1/attestations/NAME@VERSION`.
struct NpmAttestations {
  std::vector<SigstoreBundle> bundles;
};
[[nodiscard]] Result<NpmAttestations> parse_npm_attestations(
    const std::shared_ptr<const SourceText>& source, const Limits& limits);

struct NpmTrust {
  TrustedRoot root;
  std::vector<NpmKey> keys;
};

/// What a user demands; empty: anything goes that holds together.
struct NpmPolicy {
  std::string package;            ///< `@scope/name@1.2.3`
  std::string source_repository;  ///< `https://github.com/owner/name`
  std::string builder;            ///< its id
  std::string workflow;           ///< a path, or a path with `@` and a ref
};

struct NpmVerdict {
  Verification verification;
  std::string package;  ///< purl
  NpmProvenance provenance;
  SigstoreFacts facts;  ///< of the provenance's certificate
};

[[nodiscard]] Result<NpmVerdict> verify_npm_package(const NpmAttestations& attestations,
                                                    const NpmTrust& trust, const NpmPolicy& policy,
                                                    const SigstoreArtifact& tarball);

/// `pkg:npm/%40scope/name@1.2.3`.
[[nodiscard]] std::string npm_purl(std::string_view package);

}  // namespace merlon
