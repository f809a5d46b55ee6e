#pragma once
/// SLSA provenance as npm publishes it (v0.2 and v1, of GitHub Actions and GitLab CI): where a
/// package was built, from what.
#include <string>

#include "attest/sigstore_statement.h"
#include "base/result.h"

namespace merlon {

struct NpmProvenance {
  std::string repository;  ///< `https://github.com/sigstore/sigstore-js`
  std::string ref;         ///< `refs/heads/main`; empty where it is not said
  std::string commit;
  std::string workflow;  ///< `.github/workflows/release.yml`
  std::string builder;   ///< its id, a URI
  [[nodiscard]] bool operator==(const NpmProvenance&) const = default;
};

/// `kUnsupported` for a predicate of another type; `kFormat` for one without repository or builder.
[[nodiscard]] Result<NpmProvenance> read_npm_provenance(const SigstoreStatement& statement);

/// `git+https://example.com/a/b.git@refs/heads/main` as `https://example.com/a/b`.
[[nodiscard]] std::string plain_repository(std::string_view uri);

}  // namespace merlon
