#pragma once
/// Who signed the source of a server: an SSH-signed commit or tag, and a manifest in its tree.
/// docs/spec/attestation.md.
///
///   GitQuestion question{.revision = "v1.2.0", .manifest = "server.json", .now = seconds};
///   MERLON_TRY(const Verification steps, verify_git(*repository, question, signers, limits));
///
/// Only objects are read; nothing that the repository names is run. Safe from many threads.
#include <cstdint>
#include <optional>
#include <string>

#include "attest/allowed_signers.h"
#include "base/git/git.h"
#include "base/limits.h"
#include "base/result.h"
#include "model/verification.h"

namespace merlon {

/// The namespace that git signs for.
inline constexpr std::string_view kGitNamespace = "git";

struct GitQuestion {
  std::string revision{"HEAD"};                ///< a commit or an annotated tag
  std::string manifest;                        ///< path in the tree; empty: none
  std::optional<std::string> manifest_sha256;  ///< of the file that it must be, hex
  std::int64_t now{0};                         ///< seconds since 1970
  bool demand_touch{false};                    ///< only a security key that somebody touched
};

/// The steps `object`, `signature`, `signer`, `touch` (where it is demanded or there was one),
/// `time`, `target` (of a tag), `manifest`.
[[nodiscard]] Result<Verification> verify_git(const GitRepository& repository,
                                              const GitQuestion& question,
                                              const AllowedSigners& signers, const Limits& limits);

}  // namespace merlon
