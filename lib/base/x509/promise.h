#pragma once
/// Signed certificate timestamps (RFC 6962): a log's promise that a certificate will be in it.
/// Fulcio puts them into the certificates that it issues.
///
///   MERLON_TRY(const auto promises, parse_promises(leaf.promises));
///   const std::string signed_bytes = promise_message(promises[0], sha256(issuer_key), body);
///
/// Pure; linear; safe from many threads.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest/digest.h"
#include "base/result.h"
#include "base/x509/public_key.h"

namespace merlon {

struct CertificatePromise {
  std::string log_id;        ///< 32 bytes: the SHA-256 of the log's key
  std::uint64_t time_ms{0};  ///< since 1970
  std::string extensions;
  HashAlgorithm hash{HashAlgorithm::kSha256};
  std::string signature;
  [[nodiscard]] bool operator==(const CertificatePromise&) const = default;
};

/// The list in its TLS encoding. `kFormat` for lengths that do not fit; `kUnsupported` for another
/// version or digest; `kLimit` above 32.
[[nodiscard]] Result<std::vector<CertificatePromise>> parse_promises(std::string_view list);

/// What the log signed: the promise, the digest of the issuer's key and the certificate's body.
[[nodiscard]] std::string promise_message(const CertificatePromise& promise,
                                          const Sha256& issuer_key, std::string_view body);

}  // namespace merlon
