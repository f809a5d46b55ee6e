#pragma once
/// DSSE envelopes (secure-systems-lab/dsse v1.0.2): any bytes with a type, signed. Used for signed
/// rule packs, package lists and attestations. docs/spec/signatures.md.
///
///   MERLON_TRY(const DsseEnvelope envelope, parse_dsse(source));
///   MERLON_TRY(const DsseVerdict verdict, verify_dsse(envelope, kType, trusted_keys));
///   if (verdict.answer == DsseAnswer::kVerified) { read(envelope.payload); }
///
/// The type is signed along with the bytes, so a signature for one purpose is none for another. The
/// key id beside a signature is not signed: it only says which key to try first. The envelope is
/// never read a second time: what was verified is what is used.
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/source_text.h"
#include "proof/key.h"

namespace merlon {

inline constexpr std::size_t kMostDsseSignatures = 32;

struct DsseSignature {
  std::string key_id;  ///< `name+id` where merlon signed; anything, or empty
  std::string bytes;
  [[nodiscard]] bool operator==(const DsseSignature&) const = default;
};

struct DsseEnvelope {
  std::string payload_type;
  std::string payload;
  std::vector<DsseSignature> signatures;
  [[nodiscard]] bool operator==(const DsseEnvelope&) const = default;
};

/// What is signed: `DSSEv1 SP len(type) SP type SP len(body) SP body`.
[[nodiscard]] std::string dsse_encoding(std::string_view type, std::string_view body);

/// `kSyntax` for bad JSON, `kFormat` (with the place) for another shape: missing or repeated
/// members, other kinds, bad base64, no signature; `kLimit` above 32 signatures. Unknown members
/// are ignored, as the specification says.
[[nodiscard]] Result<DsseEnvelope> parse_dsse(std::shared_ptr<const SourceText> source,
                                              const Limits& limits);
/// Pretty JSON with a line feed at its end.
[[nodiscard]] std::string to_string(const DsseEnvelope& envelope);

enum class DsseAnswer {
  kVerified,      ///< a trusted key signed this payload under this type
  kOtherType,     ///< the payload has another type
  kUnknownKeys,   ///< no trusted key is named, and none fits
  kBadSignature,  ///< a trusted key is named, but did not sign this
};

struct DsseVerdict {
  DsseAnswer answer{DsseAnswer::kUnknownKeys};
  std::vector<std::size_t> keys;   ///< indices of the trusted keys that signed, each once
  std::vector<std::string> named;  ///< the key ids that the envelope names, for messages
};

[[nodiscard]] Result<DsseVerdict> verify_dsse(const DsseEnvelope& envelope, std::string_view type,
                                              std::span<const VerifierKey> trusted);

/// Adds a signature beside those that are there.
[[nodiscard]] Status sign_dsse(DsseEnvelope& envelope, const SigningKey& key);

}  // namespace merlon
