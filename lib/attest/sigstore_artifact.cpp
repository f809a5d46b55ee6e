#include "attest/sigstore_artifact.h"

#include <utility>

#include "base/digest/digest.h"
#include "base/hex.h"
#include "base/signature/signature.h"

namespace merlon {

SigstoreArtifact SigstoreArtifact::of_file(std::shared_ptr<const SourceText> source) {
  SigstoreArtifact artifact;
  artifact.sha256_ = std::string(bytes_of(sha256(source->bytes())));
  artifact.source_ = std::move(source);
  return artifact;
}

SigstoreArtifact SigstoreArtifact::of_sha256(std::string digest) {
  SigstoreArtifact artifact;
  artifact.sha256_ = std::move(digest);
  return artifact;
}

std::optional<std::string> SigstoreArtifact::parse_digest(std::string_view word) {
  constexpr std::string_view kSha256Prefix = "sha256:";
  constexpr std::size_t kSha256Bytes = 32;
  if (!word.starts_with(kSha256Prefix)) {
    return std::nullopt;
  }
  auto digest = from_hex(word.substr(kSha256Prefix.size()));
  return digest && digest->size() == kSha256Bytes ? digest : std::nullopt;
}

Result<std::optional<std::string>> SigstoreArtifact::digest(HashAlgorithm hash) const {
  if (hash == HashAlgorithm::kSha256) {
    return std::optional(sha256_);
  }
  if (source_ == nullptr || hash == HashAlgorithm::kNone) {
    return std::optional<std::string>();
  }
  MERLON_TRY(std::string digest, hash_bytes(hash, source_->bytes()));
  return std::optional(std::move(digest));
}

}  // namespace merlon
