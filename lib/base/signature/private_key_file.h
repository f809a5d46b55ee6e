#pragma once
/// Private Ed25519 keys in files: PEM of PKCS#8 (RFC 8410), as `openssl genpkey` writes it. A line
/// `Key-Name: example.com/rules` before the PEM block, which other programs skip, keeps the name
/// that signatures carry.
///
///   MERLON_TRY(const PrivateKeyFile file, load_private_key("release.pem"));
///
/// What another user could read is refused, and no file is ever overwritten. All buffers that held
/// the secret are wiped.
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/signature/signature.h"

namespace merlon {

struct PrivateKeyFile {
  std::string name;  ///< empty: the file says none
  Ed25519PrivateKey key;
};

/// `kNotFound`, `kIo`; `kFormat` for what is no such PEM; `kUnsupported` for encrypted keys and
/// other algorithms; `kBadConfig` when group or others have any right to the file or another user
/// owns it.
[[nodiscard]] Result<PrivateKeyFile> load_private_key(const std::string& path);
/// A new file of mode 0600, synced. `kIo` when there is one already.
[[nodiscard]] Status create_private_key(const std::string& path, std::string_view name,
                                        const Ed25519PrivateKey& key);

/// The text of such a file into its parts, and back. The text holds the secret: wipe it.
[[nodiscard]] Result<PrivateKeyFile> parse_private_key(std::string_view text,
                                                       std::string_view file);
[[nodiscard]] std::string private_key_text(std::string_view name, const Ed25519PrivateKey& key);

}  // namespace merlon
