#include "guard/secret_masker.h"

#include <memory>
#include <string>
#include <vector>

#include "guard/secret_search.h"
#include "guard/text_masking.h"

namespace merlon {
namespace {

/// No detector finds anything in less.
constexpr std::size_t kShortestSecretText = 6;
class SecretMasking {
 public:
  SecretMasking() : search_(default_secret_detectors(), true) {}

  [[nodiscard]] std::optional<std::string> apply(std::string_view key, std::string_view text,
                                                 const SecretMark& mark) const {
    if (text.size() < kShortestSecretText) {
      return std::nullopt;
    }
    return masked_with_blobs(key, text, [&](std::string_view plain_key, std::string_view plain) {
      return masked_text(plain_key, plain, mark);
    });
  }

 private:
  [[nodiscard]] std::optional<std::string> masked_text(std::string_view key, std::string_view text,
                                                       const SecretMark& mark) const {
    FoldedText folded;
    std::vector<SecretPiece> secrets;
    search_.find(key, text, folded, secrets);
    std::vector<MaskedPiece> pieces;
    pieces.reserve(secrets.size());
    for (const SecretPiece& secret : secrets) {
      pieces.push_back({.begin = secret.begin, .end = secret.end});
    }
    return with_marks(text, pieces, mark);
  }

  SecretSearch search_;
};

}  // namespace

TextMasker make_secret_masker() {
  return [masking = std::make_shared<const SecretMasking>()](
             std::string_view key, std::string_view text, const SecretMark& mark) {
    return masking->apply(key, text, mark);
  };
}

}  // namespace merlon
