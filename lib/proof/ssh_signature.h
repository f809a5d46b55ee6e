#pragma once
/// SSH signatures (PROTOCOL.sshsig), as `ssh-keygen -Y sign` and `git commit -S` write them, and
/// SSH public keys. Ed25519 and ECDSA P-256, from a file or from a security key (PROTOCOL.u2f):
/// then the verdict says whether the person was there and was recognised, which the key signed.
///
///   MERLON_TRY(const SshPublicKey key, parse_ssh_public_key("ssh-ed25519 AAAA... ann"));
///   MERLON_TRY(const SshSignature signature, parse_ssh_signature(armored));
///   MERLON_TRY(const SshVerdict verdict, verify_ssh_signature(signature, message, "git", key));
///   if (verdict.answer == SshAnswer::kVerified) { ... }
///
/// The key that stands in a signature is compared with the one that is trusted and never used.
/// Other algorithms (RSA, P-384, certificates, WebAuthn) are an Error that names them.
/// docs/spec/signatures.md. Pure; linear in the bytes; safe from many threads.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "proof/ssh_key.h"

namespace merlon {

inline constexpr std::size_t kMostSshSignatureBytes = std::size_t{1} << 16U;

enum class SshHash : std::uint8_t { kSha256, kSha512 };
[[nodiscard]] std::string_view to_string(SshHash hash);

/// What a security key adds to a signature; it is part of what is signed.
struct SshSecurityData {
  std::uint8_t flags{0};
  std::uint32_t counter{0};
  [[nodiscard]] bool operator==(const SshSecurityData&) const = default;
};

struct SshSignature {
  SshPublicKey key;        ///< that it claims; never trusted
  std::string name_space;  ///< what it is for: `git`, `file`, ...; never empty
  std::string reserved;    ///< empty today; part of what is signed
  SshHash hash{SshHash::kSha512};
  std::string bytes;  ///< 64 bytes of Ed25519, or DER of P-256
  std::optional<SshSecurityData> security;
  [[nodiscard]] bool operator==(const SshSignature&) const = default;
};

/// The armored text, whole. `kFormat` for what is none: no armor, bad base64, another version, a
/// length that does not fit, bytes left over, an empty namespace, a signature of another type than
/// its key; `kUnsupported` names an unknown algorithm; `kLimit` above 64 KiB.
[[nodiscard]] Result<SshSignature> parse_ssh_signature(std::string_view armored);

enum class SshAnswer : std::uint8_t {
  kVerified,
  kOtherKey,        ///< another key than the trusted one claims to have signed
  kOtherNamespace,  ///< signed for another purpose
  kBadSignature,    ///< the trusted key did not sign this
};

struct SshVerdict {
  SshAnswer answer{SshAnswer::kBadSignature};
  std::string reason;         ///< why not, for people; empty when verified
  bool security_key{false};   ///< the three below are measured by a security key
  bool user_present{false};   ///< somebody touched it
  bool user_verified{false};  ///< a PIN or a finger was checked
  std::uint32_t counter{0};   ///< of signatures; 0 where the key has none
};

/// Whether `pinned` signed `message` for the purpose `expected_namespace`. Presence is an answer
/// here, not a condition: who demands a touch looks at `user_present`.
[[nodiscard]] Result<SshVerdict> verify_ssh_signature(const SshSignature& signature,
                                                      std::string_view message,
                                                      std::string_view expected_namespace,
                                                      const SshPublicKey& pinned);

}  // namespace merlon
