#include "guard/secret_masker.h"

#include <memory>
#include <string>
#include <vector>

#include "base/base64.h"
#include "guard/secret_search.h"
#include "guard/text_redaction.h"

namespace merlon {
namespace {

/// No detector finds anything in less.
constexpr std::size_t kShortestSecretText = 6;
/// Where messages carry base64: images, sounds and the blobs of resources.
constexpr std::size_t kLeastMaskedBlob = 16;

bool may_be_blob(std::string_view key, std::string_view text) {
  return (key == "blob" || key == "data") && text.size() >= kLeastMaskedBlob;
}

class SecretMasking {
 public:
  SecretMasking() : search_(default_secret_detectors(), true) {}

  [[nodiscard]] std::optional<std::string> apply(std::string_view key, std::string_view text,
                                                 const SecretMark& mark) const {
    if (text.size() < kShortestSecretText) {
      return std::nullopt;
    }
    if (may_be_blob(key, text)) {
      const std::string inside = text_of_blob(text);
      auto masked = inside.empty() ? std::nullopt : masked_text({}, inside, mark);
      if (masked) {
        return to_base64(*masked);
      }
    }
    return masked_text(key, text, mark);
  }

 private:
  [[nodiscard]] std::optional<std::string> masked_text(std::string_view key, std::string_view text,
                                                       const SecretMark& mark) const {
    FoldedText folded;
    std::vector<SecretPiece> pieces;
    search_.find(key, text, folded, pieces);
    if (pieces.empty()) {
      return std::nullopt;
    }
    std::string out;
    std::size_t at = 0;
    for (const SecretPiece& piece : pieces) {
      out.append(text.substr(at, piece.begin - at));
      out.append(mark(text.substr(piece.begin, piece.end - piece.begin)));
      at = piece.end;
    }
    return out.append(text.substr(at));
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
