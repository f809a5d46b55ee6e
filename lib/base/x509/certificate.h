#pragma once
/// X.509 certificates: what one says, and whether it leads to an authority that is trusted. Door to
/// OpenSSL, loaded at the first use.
///
///   MERLON_TRY(const Certificate leaf, parse_certificate(der));
///   MERLON_TRY(const ChainVerdict verdict, verify_chain(leaf, authority_chain, signing_time));
///   if (verdict.ok) { trust(leaf.key); }
///
/// A chain that does not hold is an answer. Nothing that came along with a certificate is trusted:
/// the chain is the caller's. Safe from many threads.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace merlon {

struct Certificate {
  std::string der;
  std::string key;      ///< DER SubjectPublicKeyInfo
  std::string subject;  ///< RFC 2253; empty for none
  std::string issuer;
  std::int64_t not_before{0};  ///< seconds since 1970
  std::int64_t not_after{0};
  std::vector<std::string> uris;  ///< subject alternative names
  std::vector<std::string> emails;
  std::vector<std::string> other_names;  ///< Sigstore's (1.3.6.1.4.1.57264.1.7)
  bool self_issued{false};               ///< subject and issuer are one name
  bool authority{false};                 ///< basic constraints say CA
  bool code_signing{false};              ///< extended key usage
  bool signs_data{false};                ///< key usage has digital signature
  std::string promises;                  ///< SCT list of RFC 6962 (base/x509/promise.h)
  std::string precertificate;            ///< the body that those are over
  /// Sigstore's extensions 1.3.6.1.4.1.57264.1.N: N and its text, in the certificate's order.
  std::vector<std::pair<int, std::string>> claims;

  /// The text of the first claim of that number; empty for none.
  [[nodiscard]] std::string claim(int number) const;
};

/// `kFormat` for bytes that are not exactly one DER certificate, or whose extensions cannot be
/// read.
[[nodiscard]] Result<Certificate> parse_certificate(std::string_view der);

struct ChainVerdict {
  bool ok{false};
  std::string reason;      ///< why not, in OpenSSL's words
  std::string issuer_key;  ///< SubjectPublicKeyInfo of who issued the leaf, of the chain that held
};

/// Whether `leaf` was issued, at `time`, below the last of `chain` (DER), over those before it.
/// Both ends of a validity count as inside.
[[nodiscard]] Result<ChainVerdict> verify_chain(const Certificate& leaf,
                                                const std::vector<std::string>& chain,
                                                std::int64_t time);

}  // namespace merlon
