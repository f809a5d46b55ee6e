#pragma once
/// What the actions that verify other people's signatures share: the trusted root, and how the
/// verdict is shown.
#include <string>
#include <vector>

#include "attest/sigstore_trusted_root.h"
#include "attest/sigstore_verifier.h"
#include "base/json/json_writer.h"
#include "base/result.h"
#include "env.h"

namespace merlon::cli {

inline constexpr std::uint64_t kMostAttestationBytes = std::uint64_t{16} << 20U;

/// `kUsage` with the way to a root in its hints when `path` is empty.
[[nodiscard]] Result<TrustedRoot> load_trusted_root(const Env& env, const std::string& path,
                                                    bool staging);
/// One PEM of a public key.
[[nodiscard]] Result<PublicKey> load_public_key(const Env& env, const std::string& path);
/// All certificates of PEM files, as DER.
[[nodiscard]] Result<std::vector<std::string>> load_certificates(
    const Env& env, const std::vector<std::string>& paths);

/// `identity`, `issuer`, `times`, `predicate_type` and `claims` into an object that is open.
void write_facts_json(JsonWriter& json, const SigstoreFacts& facts);

/// Renders the error. Its exit code: 3, what was asked could not be found out.
int fail_attestation(Env& env, const Error& error);

}  // namespace merlon::cli
