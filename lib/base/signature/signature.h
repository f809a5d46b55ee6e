#pragma once
/// Digital signatures: Ed25519 (RFC 8032) made and verified, ECDSA P-256 with SHA-256 verified.
/// Door to OpenSSL's EVP, which is loaded at the first use.
///
///   MERLON_TRY(const Ed25519PrivateKey key, generate_ed25519());
///   MERLON_TRY(const Ed25519Signature signature, sign_ed25519(key, "text"));
///   MERLON_TRY(const bool good, verify_ed25519(public_key, "text", bytes_of(signature)));
///
/// A signature that is wrong is an answer (`false`); an Error (`kUnsupported`, `kInternal`) means
/// that nothing is known and must never count as yes. S is below the group's order, R has one
/// spelling, there is no batch and no cofactor: the tests pin this with the vectors of Wycheproof
/// and CCTV. Safe from many threads.
#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace merlon {

using Ed25519PublicKey = std::array<std::uint8_t, 32>;
using Ed25519Signature = std::array<std::uint8_t, 64>;

template <std::size_t N>
[[nodiscard]] std::string_view bytes_of(const std::array<std::uint8_t, N>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), N};
}

/// Overwrites memory in a way that the compiler keeps.
void wipe(void* memory, std::size_t size);

/// A seed of 32 bytes. Moves, never copies; overwritten when it goes.
class Ed25519PrivateKey {
 public:
  /// `kFormat` unless there are 32 bytes.
  [[nodiscard]] static Result<Ed25519PrivateKey> from_seed(std::string_view seed);
  Ed25519PrivateKey(const Ed25519PrivateKey&) = delete;
  Ed25519PrivateKey& operator=(const Ed25519PrivateKey&) = delete;
  Ed25519PrivateKey(Ed25519PrivateKey&& other) noexcept;
  Ed25519PrivateKey& operator=(Ed25519PrivateKey&& other) noexcept;
  ~Ed25519PrivateKey();

  /// The secret itself, for writing it down and for the door.
  [[nodiscard]] std::string_view seed() const { return bytes_of(seed_); }

 private:
  Ed25519PrivateKey() = default;
  std::array<std::uint8_t, 32> seed_{};
};

/// A new key from OpenSSL's generator.
[[nodiscard]] Result<Ed25519PrivateKey> generate_ed25519();
[[nodiscard]] Result<Ed25519PublicKey> public_key_of(const Ed25519PrivateKey& key);
[[nodiscard]] Result<Ed25519Signature> sign_ed25519(const Ed25519PrivateKey& key,
                                                    std::string_view message);
[[nodiscard]] Result<bool> verify_ed25519(const Ed25519PublicKey& key, std::string_view message,
                                          std::string_view signature);

/// False for the encodings that no honest generator makes: a point of small order (under it one
/// signature fits many messages) and a coordinate at or above the field's prime. Who takes a key in
/// asks; `verify_ed25519` itself follows RFC 8032.
[[nodiscard]] bool is_sound_ed25519_key(const Ed25519PublicKey& key);

/// ECDSA over P-256 with SHA-256: the key is a DER SubjectPublicKeyInfo with an uncompressed point,
/// the signature is DER. `kFormat` for a key that is something else.
[[nodiscard]] Result<bool> verify_p256(std::string_view key, std::string_view message,
                                       std::string_view signature);
/// `kFormat` unless the bytes are such a key.
[[nodiscard]] Status check_p256_key(std::string_view key);

}  // namespace merlon
