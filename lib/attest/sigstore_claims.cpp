#include "attest/sigstore_claims.h"

#include <array>

namespace merlon {
namespace {

constexpr std::array kSigstoreClaims{
    SigstoreClaim{kClaimBuildSigner, "build_signer_uri"},
    SigstoreClaim{10, "build_signer_digest"},
    SigstoreClaim{kClaimRunnerEnvironment, "runner_environment"},
    SigstoreClaim{kClaimSourceRepository, "source_repository_uri"},
    SigstoreClaim{kClaimSourceDigest, "source_repository_digest"},
    SigstoreClaim{kClaimSourceRef, "source_repository_ref"},
    SigstoreClaim{15, "source_repository_identifier"},
    SigstoreClaim{16, "source_repository_owner_uri"},
    SigstoreClaim{17, "source_repository_owner_identifier"},
    SigstoreClaim{kClaimBuildConfig, "build_config_uri"},
    SigstoreClaim{19, "build_config_digest"},
    SigstoreClaim{20, "build_trigger"},
    SigstoreClaim{kClaimRunInvocation, "run_invocation_uri"},
    SigstoreClaim{22, "source_repository_visibility"},
};

}  // namespace

std::span<const SigstoreClaim> sigstore_claims() {
  return kSigstoreClaims;
}

}  // namespace merlon
