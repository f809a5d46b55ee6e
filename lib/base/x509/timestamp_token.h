#pragma once
/// Time stamps of RFC 3161: an authority's word that a digest was known at a time. Door to OpenSSL.
///
///   MERLON_TRY(const TimestampToken token, parse_timestamp(response));
///   MERLON_TRY(const TimestampVerdict verdict, verify_timestamp(token, authority_chain));
///
/// Reading proves nothing; who relies on the time compares the digest and verifies. Safe from many
/// threads.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/x509/public_key.h"

namespace merlon {

struct TimestampToken {
  std::string der;       ///< the TimeStampResp
  std::int64_t time{0};  ///< seconds since 1970, fractions cut off
  HashAlgorithm hash{HashAlgorithm::kSha256};
  std::string digest;  ///< what was stamped
};

/// `kFormat` (with the reason) for bytes that are no granted TimeStampResp; `kUnsupported` for
/// another digest than SHA-256, 384 or 512.
[[nodiscard]] Result<TimestampToken> parse_timestamp(std::string_view response);

struct TimestampVerdict {
  bool ok{false};
  std::string reason;
};

/// Whether the first of `chain` (DER) signed the token, or one below it when the first is an
/// authority, and the chain up to its last held at the token's time.
[[nodiscard]] Result<TimestampVerdict> verify_timestamp(const TimestampToken& token,
                                                        const std::vector<std::string>& chain);

}  // namespace merlon
