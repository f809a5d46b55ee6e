#pragma once
/// What a bundle is said to be about: a file, or only its SHA-256.
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/source_text.h"
#include "base/x509/public_key.h"

namespace merlon {

class SigstoreArtifact {
 public:
  [[nodiscard]] static SigstoreArtifact of_file(std::shared_ptr<const SourceText> source);
  /// 32 bytes.
  [[nodiscard]] static SigstoreArtifact of_sha256(std::string digest);
  /// The 32 bytes of `sha256:` and 64 hex digits; nothing for another word.
  [[nodiscard]] static std::optional<std::string> parse_digest(std::string_view word);

  /// Nothing where only another digest is known.
  [[nodiscard]] Result<std::optional<std::string>> digest(HashAlgorithm hash) const;
  /// Null where only the digest is known.
  [[nodiscard]] const SourceText* source() const { return source_.get(); }

 private:
  std::shared_ptr<const SourceText> source_;
  std::string sha256_;
};

}  // namespace merlon
