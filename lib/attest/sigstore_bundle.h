#pragma once
/// Sigstore bundles (media types v0.1, v0.2 and v0.3): a signature with all that is needed to
/// verify it without a network. docs/spec/sigstore.md.
///
///   MERLON_TRY(const SigstoreBundle bundle, parse_sigstore_bundle(source, limits));
///
/// Reading verifies nothing (attest/sigstore_verifier.h does). Fields that are not known, stand
/// twice, or do not belong to the version are refused. Pure; safe from many threads.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attest/proto_json.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"
#include "base/x509/public_key.h"
#include "proof/dsse.h"

namespace merlon {

enum class BundleVersion : std::uint8_t { kV01, kV02, kV03 };
[[nodiscard]] std::string_view to_string(BundleVersion version);

struct LogInclusion {
  std::int64_t log_index{0};
  std::int64_t tree_size{0};
  std::string root_hash;
  std::vector<std::string> hashes;
  std::string checkpoint;  ///< a signed note; empty for none
};

/// One entry of a transparency log (Rekor v1 or v2).
struct LogEntry {
  std::int64_t log_index{0};
  std::string log_id;
  std::string kind;  ///< `hashedrekord`
  std::string version;
  std::int64_t integrated_time{0};  ///< only the promise vouches for it
  std::string promise;              ///< signed entry timestamp; empty for none
  std::optional<LogInclusion> inclusion;
  std::string body;  ///< the canonical JSON that is in the log
};

struct MessageSignature {
  HashAlgorithm hash{HashAlgorithm::kNone};  ///< of `digest`; none where the bundle says none
  std::string digest;
  std::string signature;
};

/// Which of the two is there: a signature over a file, or a signed envelope.
enum class BundleContent : std::uint8_t { kMessage, kEnvelope };

struct SigstoreBundle {
  BundleVersion version{BundleVersion::kV03};
  std::vector<std::string> certificates;  ///< DER, the signer's first; empty with a bare key
  std::string key_hint;                   ///< which key the signer means; proves nothing
  std::vector<LogEntry> entries;
  std::vector<std::string> timestamps;  ///< TimeStampResp of RFC 3161
  BundleContent content{BundleContent::kMessage};
  MessageSignature message;
  DsseEnvelope envelope;  ///< with exactly one signature

  [[nodiscard]] bool has_envelope() const { return content == BundleContent::kEnvelope; }
};

/// `kSyntax`, `kFormat` with the place, `kLimit`; `kUnsupported` for a version that is not known.
[[nodiscard]] Result<SigstoreBundle> parse_sigstore_bundle(
    const std::shared_ptr<const SourceText>& source, const Limits& limits);
/// The same of a bundle that stands inside another document.
[[nodiscard]] Result<SigstoreBundle> read_sigstore_bundle(const ProtoMessage& root);

}  // namespace merlon
