#pragma once
/// What a server offers, signed out of band: a digest for each tool, prompt, resource and
/// instruction (RFC 8785), the launch command, and where there is one the package.
/// docs/spec/attestation.md.
///
///   const std::string payload = surface_statement(claim, times);
///   MERLON_TRY(const Verification steps, verify_surface(source, seen, terms, limits));
///
/// No wire format of MCP is needed: the statement stands beside the server, and who captured its
/// surface compares. Pure; safe from many threads.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attest/signed_statement.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/verification.h"

namespace merlon {

inline constexpr std::string_view kSurfacePredicate = "urn:merlon:predicate:surface:v1";

/// Lists of definitions, as subjects name them: `tool/forecast`, `resource/file:///a`.
inline constexpr std::string_view kSurfaceLists[] = {
    "instructions", "tool", "prompt", "resource", "resource-template", "skill"};

/// What stands there, or is said to.
struct SurfaceClaim {
  std::vector<DigestedThing> definitions;  ///< `tool/NAME` and so on; sorted
  std::string launch;                      ///< digest of the launch command in hex; empty: remote
  std::vector<std::string> launch_words;   ///< secrets masked; for people
  std::vector<DigestedThing> packages;     ///< `package/NAME`
};

struct StatementTimes {
  std::int64_t issued{0};  ///< seconds since 1970
  std::int64_t expires{0};
};

[[nodiscard]] std::string surface_statement(const SurfaceClaim& claim, const StatementTimes& times);

struct StatementTerms {
  std::span<const VerifierKey> trusted;
  std::int64_t now_ms{0};
};

/// The steps `signature`, `statement`, `time`, `launch`, one for each list, `package`. What is
/// attested and not there is refused just as what is there and not attested. A package that is
/// attested is compared when `seen` has one; that it was not is said.
[[nodiscard]] Result<Verification> verify_surface(const std::shared_ptr<const SourceText>& source,
                                                  const SurfaceClaim& seen,
                                                  const StatementTerms& terms,
                                                  const Limits& limits);

}  // namespace merlon
