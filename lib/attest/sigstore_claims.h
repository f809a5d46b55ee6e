#pragma once
/// Sigstore's extensions of certificates (1.3.6.1.4.1.57264.1.N), by name: what the identity
/// provider said about a build.
#include <span>
#include <string_view>

namespace merlon {

inline constexpr int kClaimBuildSigner = 9;
inline constexpr int kClaimRunnerEnvironment = 11;
inline constexpr int kClaimSourceRepository = 12;
inline constexpr int kClaimSourceDigest = 13;
inline constexpr int kClaimSourceRef = 14;
inline constexpr int kClaimBuildConfig = 18;
inline constexpr int kClaimRunInvocation = 21;

struct SigstoreClaim {
  int number;             ///< N
  std::string_view name;  ///< `source_repository_uri`
};
/// By number. The issuer (1, 8) and the old ones before 8 are not among them.
[[nodiscard]] std::span<const SigstoreClaim> sigstore_claims();

}  // namespace merlon
