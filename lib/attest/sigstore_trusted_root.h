#pragma once
/// Sigstore's trusted root (`trusted_root.json`): the certificate authorities, logs and time stamp
/// authorities that a user trusts, each with the time for which it counts. docs/spec/sigstore.md.
///
///   MERLON_TRY(const TrustedRoot root, parse_trusted_root(source, limits));
///
/// Fields that are not known are ignored: a newer root says more and means the same. Pure but for
/// reading keys; safe from many threads.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"
#include "base/x509/public_key.h"

namespace merlon {

/// Both ends belong to it. A root without a start is refused.
struct TrustWindow {
  std::int64_t start_ms{0};
  std::optional<std::int64_t> end_ms;
  [[nodiscard]] bool covers_ms(std::int64_t time) const {
    return time >= start_ms && (!end_ms || time <= *end_ms);
  }
  [[nodiscard]] bool covers(std::int64_t seconds) const {
    return seconds <= INT64_MAX / 1000 && covers_ms(seconds * 1000);
  }
};

/// A log of signatures (Rekor) or of certificates.
struct TrustedLog {
  std::string url;
  std::string id;    ///< 32 bytes
  std::string hint;  ///< 4 bytes: what its checkpoints' signatures begin with
  std::optional<PublicKey> key;
  std::string problem;  ///< why there is no key; the log may never be asked
  TrustWindow window;
};

/// Certificates (DER) from the one that issues or signs to the one that is trusted.
struct TrustedAuthority {
  std::string url;
  std::vector<std::string> chain;
  TrustWindow window;
};

struct TrustedRoot {
  std::vector<TrustedLog> logs;
  std::vector<TrustedLog> certificate_logs;
  std::vector<TrustedAuthority> authorities;
  std::vector<TrustedAuthority> timestamp_authorities;
};

/// `kSyntax`, `kFormat` with the place, `kLimit`; `kUnsupported` for a media type that is not
/// known.
[[nodiscard]] Result<TrustedRoot> parse_trusted_root(
    const std::shared_ptr<const SourceText>& source, const Limits& limits);

}  // namespace merlon
