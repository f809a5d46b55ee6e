#pragma once
/// Detached CMS signatures (PKCS#7, RFC 5652), as `.mcpb` bundles carry them. Door to OpenSSL.
///
///   MERLON_TRY(const CmsVerdict verdict, verify_cms(der, content, trusted, now));
///
/// Never verifies against a certificate that came along: what came along may only lead to one of
/// `trusted`. Safe from many threads.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon {

struct CmsSigner {
  std::string subject;      ///< RFC 2253
  std::string fingerprint;  ///< SHA-256 of the certificate, hex
};

struct CmsVerdict {
  bool ok{false};
  std::string reason;
  std::vector<CmsSigner> signers;  ///< who signed; only when ok
};

/// All signatures of `cms` must be good and lead to one of `trusted` (DER certificates: authorities
/// or the signers themselves) at `time`. Content that is embedded, and digests other than SHA-256,
/// 384 and 512, are refused.
[[nodiscard]] Result<CmsVerdict> verify_cms(std::string_view cms, std::string_view content,
                                            const std::vector<std::string>& trusted,
                                            std::int64_t time);

/// The certificates that came along: a claim. `kFormat` for bytes that are no detached CMS.
[[nodiscard]] Result<std::vector<CmsSigner>> claimed_signers(std::string_view cms);

}  // namespace merlon
