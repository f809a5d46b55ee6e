#include "guard/text_masking.h"

#include "base/base64.h"
#include "guard/text_redaction.h"

namespace merlon {
namespace {

/// Where messages carry base64: images, sounds and the blobs of resources.
constexpr std::size_t kLeastMaskedBlob = 16;

bool may_be_blob(std::string_view key, std::string_view text) {
  return (key == "blob" || key == "data") && text.size() >= kLeastMaskedBlob;
}

}  // namespace

std::optional<std::string> with_marks(std::string_view text, std::span<const MaskedPiece> pieces,
                                      const SecretMark& mark) {
  if (pieces.empty()) {
    return std::nullopt;
  }
  std::string out;
  std::size_t at = 0;
  for (const MaskedPiece& piece : pieces) {
    out.append(text.substr(at, piece.begin - at));
    out.append(mark(text.substr(piece.begin, piece.end - piece.begin)));
    at = piece.end;
  }
  return out.append(text.substr(at));
}

std::optional<std::string> masked_with_blobs(std::string_view key, std::string_view text,
                                             const PlainMasking& masked) {
  if (may_be_blob(key, text)) {
    const std::string inside = text_of_blob(text);
    auto changed = inside.empty() ? std::nullopt : masked({}, inside);
    if (changed) {
      return to_base64(*changed);
    }
  }
  return masked(key, text);
}

}  // namespace merlon
