#pragma once
/// The C interface between signature.cpp and the plug-in over OpenSSL's EVP. Both are built from
/// the same source; `version` catches a plug-in that was left behind by an update.
///
/// EVP lives in a plug-in because it alone would double the relocations of the program (16,600,
/// about 0.3 ms at each start), and most runs verify nothing.
#include <cstddef>
#include <cstdint>

extern "C" {

enum MerlonSignatureAnswer : int {
  kMerlonSignatureNo = 0,
  kMerlonSignatureYes = 1,
  kMerlonSignatureFailed = 2,  ///< OpenSSL could not do it; nothing is known about the signature
};

inline constexpr std::uint32_t kMerlonSignatureVersion = 1;
inline constexpr std::size_t kMerlonEd25519Key = 32;
inline constexpr std::size_t kMerlonEd25519Signature = 64;

/// Bytes of the caller.
struct MerlonBytes {
  const std::uint8_t* data;
  std::size_t size;
};

struct MerlonSignatureFunctions {
  std::uint32_t version;
  /// Pure Ed25519 (RFC 8032). `key` has 32 bytes.
  int (*verify_ed25519)(const std::uint8_t* key, MerlonBytes message, MerlonBytes signature);
  /// `seed` has 32 bytes, `signature` room for 64.
  int (*sign_ed25519)(const std::uint8_t* seed, MerlonBytes message, std::uint8_t* signature);
  int (*public_ed25519)(const std::uint8_t* seed, std::uint8_t* key);
  /// ECDSA with SHA-256 over a DER SubjectPublicKeyInfo of P-256; the signature is DER.
  int (*verify_p256)(MerlonBytes key, MerlonBytes message, MerlonBytes signature);
  /// 1 when the SubjectPublicKeyInfo names a point of P-256.
  int (*check_p256)(MerlonBytes key);
  /// Bytes of OpenSSL's generator for private values.
  int (*random)(std::uint8_t* out, std::size_t size);
};

/// The plug-in's only symbol.
using MerlonSignatureFunctionsGetter = const MerlonSignatureFunctions* (*)();

}  // extern "C"
