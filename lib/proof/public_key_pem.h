#pragma once
/// Public keys in PEM (`openssl pkey -pubout`): SubjectPublicKeyInfo of Ed25519 or ECDSA P-256. A
/// line `Key-Name: NAME` before the block names the key, as in private key files.
///
///   MERLON_TRY(const VerifierKey key, parse_public_key_pem(text, "cosign.pub"));
///
/// Pure; safe from many threads.
#include <string>
#include <string_view>

#include "base/result.h"
#include "proof/key.h"

namespace merlon {

/// What a key without a name is called.
inline constexpr std::string_view kUnnamedKey = "key";

/// True when the text has the BEGIN line of a public key.
[[nodiscard]] bool holds_public_key_pem(std::string_view text);
/// `kFormat` for what is none; `kUnsupported` names the algorithm by its object identifier.
[[nodiscard]] Result<VerifierKey> parse_public_key_pem(std::string_view text,
                                                       std::string_view file);

}  // namespace merlon
