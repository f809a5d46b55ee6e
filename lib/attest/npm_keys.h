#pragma once
/// The keys with which the npm registry signs, from its `keys.json`: as Sigstore's TUF repository
/// spreads it, or as the registry itself answers.
///
///   MERLON_TRY(const auto keys, parse_npm_keys(source, limits));
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attest/sigstore_trusted_root.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"
#include "base/x509/public_key.h"

namespace merlon {

struct NpmKey {
  std::string id;  ///< `SHA256:jl3b...`
  PublicKey key;
  TrustWindow window;
};

/// Those for attestations. `kSyntax`, `kFormat` with the place; `kUnsupported` for an algorithm
/// that is not known.
[[nodiscard]] Result<std::vector<NpmKey>> parse_npm_keys(
    const std::shared_ptr<const SourceText>& source, const Limits& limits);

}  // namespace merlon
