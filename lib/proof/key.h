#pragma once
/// Keys as C2SP signed notes write them: `example.com/rules+1a2b3c4d+AbC...=`, a name, the first
/// four bytes of a digest, and base64 of one byte for the algorithm and the public key.
/// docs/spec/signatures.md.
///
///   MERLON_TRY(const VerifierKey key, parse_verifier_key(text));
///   MERLON_TRY(const bool good, verify_with(key, message, signature));
///
/// Algorithms that are not known are an Error that names them, never a key that cannot match.
/// Values; safe from many threads.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/signature/signature.h"

namespace merlon {

/// The algorithm byte of C2SP.
enum class KeyAlgorithm : std::uint8_t {
  kEd25519 = 0x01,
  kEcdsaP256 = 0x02,    ///< verified only
  kCosignature = 0x04,  ///< Ed25519 with a time, of witnesses (proof/checkpoint.h)
};
[[nodiscard]] std::string_view to_string(KeyAlgorithm algorithm);

using KeyId = std::array<std::uint8_t, 4>;
[[nodiscard]] std::string to_hex(const KeyId& id);

struct VerifierKey {
  std::string name;
  KeyAlgorithm algorithm{KeyAlgorithm::kEd25519};
  std::string material;  ///< 32 bytes, or the SubjectPublicKeyInfo of P-256
  KeyId id{};
  [[nodiscard]] bool operator==(const VerifierKey&) const = default;
};

/// One key. `kFormat` for what is none or whose digest does not fit; `kUnsupported` for an
/// algorithm that is not known; `kFormat` for Ed25519 keys of small order.
[[nodiscard]] Result<VerifierKey> parse_verifier_key(std::string_view text);
/// One key a line; blank lines and lines that begin with `#` or `did:key:` are skipped. Places in
/// the errors.
[[nodiscard]] Result<std::vector<VerifierKey>> parse_verifier_keys(std::string_view text,
                                                                   std::string_view file);
[[nodiscard]] std::string to_string(const VerifierKey& key);
/// `name+id`: what reports show.
[[nodiscard]] std::string short_key(const VerifierKey& key);
/// `did:key:z6Mk...` (Ed25519) or `did:key:zDn...` (P-256).
[[nodiscard]] std::string did_key(const VerifierKey& key);

/// True for a name that signed notes can carry: not empty, at most 256 bytes of UTF-8, no blank,
/// no control character, no `+`.
[[nodiscard]] bool is_key_name(std::string_view name);
[[nodiscard]] VerifierKey make_verifier_key(std::string_view name, const Ed25519PublicKey& key);
/// Of a SubjectPublicKeyInfo that check_p256_key() accepts.
[[nodiscard]] VerifierKey make_verifier_key_p256(std::string_view name, std::string_view material);

/// The same key for another purpose; its id changes. For Ed25519 only.
[[nodiscard]] VerifierKey with_algorithm(VerifierKey key, KeyAlgorithm algorithm);

/// False is an answer; an Error says that the question could not be put. Of a cosignature `message`
/// is the checkpoint's text.
[[nodiscard]] Result<bool> verify_with(const VerifierKey& key, std::string_view message,
                                       std::string_view signature);

/// A private key with the name it signs under.
struct SigningKey {
  VerifierKey verifier;
  Ed25519PrivateKey key;
};

[[nodiscard]] Result<SigningKey> make_signing_key(std::string_view name, Ed25519PrivateKey key);
/// `PRIVATE+KEY+name+id+base64`, as Go's sumdb tools write it.
[[nodiscard]] Result<SigningKey> parse_signing_key(std::string_view text);
/// From a PEM file with strict rights (base/signature/private_key_file.h); `name` wins over the
/// one in the file.
[[nodiscard]] Result<SigningKey> load_signing_key(const std::string& path, std::string_view name);

}  // namespace merlon
