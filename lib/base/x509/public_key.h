#pragma once
/// Public keys as certificates and logs write them (SubjectPublicKeyInfo), and signatures under
/// them: ECDSA over P-256, P-384 and P-521, RSA (PKCS#1 v1.5), Ed25519. Door to OpenSSL, loaded at
/// the first use.
///
///   MERLON_TRY(const PublicKey key, parse_public_key(der));
///   MERLON_TRY(const bool good, verify_message(key, key.hash, message, signature));
///
/// An algorithm that is not among these is an Error that names it. A wrong signature is an answer.
/// Safe from many threads.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon {

enum class HashAlgorithm : std::uint8_t { kNone, kSha256, kSha384, kSha512 };
[[nodiscard]] std::string_view to_string(HashAlgorithm hash);
[[nodiscard]] int bits_of(HashAlgorithm hash);

struct PublicKey {
  std::string der;
  std::string algorithm;  ///< `P-256`, `P-384`, `P-521`, `RSA`, `Ed25519`
  /// What signatures under it are over; none for Ed25519, which takes the message itself.
  HashAlgorithm hash{HashAlgorithm::kSha256};
  [[nodiscard]] bool operator==(const PublicKey&) const = default;
};

/// `kFormat` for bytes that are no key; `kUnsupported` (with its name) for another algorithm, and
/// for RSA below 2048 bits.
[[nodiscard]] Result<PublicKey> parse_public_key(std::string_view der);

[[nodiscard]] Result<bool> verify_message(const PublicKey& key, HashAlgorithm hash,
                                          std::string_view message, std::string_view signature);
/// The same where only the digest is known. `kUnsupported` for Ed25519.
[[nodiscard]] Result<bool> verify_digest(const PublicKey& key, HashAlgorithm hash,
                                         std::string_view digest, std::string_view signature);
/// The digest itself; `hash` is not kNone.
[[nodiscard]] Result<std::string> hash_bytes(HashAlgorithm hash, std::string_view bytes);

}  // namespace merlon
