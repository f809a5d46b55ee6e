#pragma once
/// SSH public keys: one line of text, or the bytes that stand in signatures.
///
///   MERLON_TRY(const SshPublicKey key, parse_ssh_public_key("ssh-ed25519 AAAA... ann"));
///   out << ssh_fingerprint(key);
///
/// Ed25519 and ECDSA P-256, each from a file or from a security key. Pure; safe from many threads.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace merlon {

inline constexpr std::size_t kMostSshKeyBytes = std::size_t{1} << 12U;

enum class SshKeyType : std::uint8_t {
  kEd25519,          ///< ssh-ed25519
  kSecurityEd25519,  ///< sk-ssh-ed25519@openssh.com
  kP256,             ///< ecdsa-sha2-nistp256
  kSecurityP256,     ///< sk-ecdsa-sha2-nistp256@openssh.com
};
/// The name that SSH has for it.
[[nodiscard]] std::string_view to_string(SshKeyType type);
/// `kUnsupported` names what is not known.
[[nodiscard]] Result<SshKeyType> ssh_key_type(std::string_view name);
/// True for the types whose private key lies in a security key.
[[nodiscard]] bool is_security_key(SshKeyType type);

struct SshPublicKey {
  SshKeyType type{SshKeyType::kEd25519};
  std::string material;     ///< 32 bytes of Ed25519, or the SubjectPublicKeyInfo of P-256
  std::string application;  ///< of a security key: `ssh:` or `ssh:...`; empty else
  [[nodiscard]] bool operator==(const SshPublicKey&) const = default;
};

/// A line `TYPE BASE64 [COMMENT]`, as in `id_ed25519.pub`. `kFormat` for what is none, for a type
/// that does not fit the bytes and for points of small order; `kUnsupported` for other types.
[[nodiscard]] Result<SshPublicKey> parse_ssh_public_key(std::string_view line);
/// The line without a comment.
[[nodiscard]] std::string to_string(const SshPublicKey& key);
/// `SHA256:...`, as `ssh-keygen -l` shows it.
[[nodiscard]] std::string ssh_fingerprint(const SshPublicKey& key);

/// The bytes that the base64 of such a line stands for, and back; errors as above.
[[nodiscard]] std::string ssh_key_bytes(const SshPublicKey& key);
[[nodiscard]] Result<SshPublicKey> read_ssh_key(std::string_view bytes);

}  // namespace merlon
