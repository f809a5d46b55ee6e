#pragma once
/// What the maskers of recordings share: marks in place of pieces, in texts and in blobs.
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mcp/recording_mask.h"

namespace merlon {

struct MaskedPiece {
  std::size_t begin{0};
  std::size_t end{0};
};

/// `text` with a mark in place of each piece; nothing without pieces. Sorted and disjoint.
[[nodiscard]] std::optional<std::string> with_marks(std::string_view text,
                                                    std::span<const MaskedPiece> pieces,
                                                    const SecretMark& mark);

/// A text without blobs; nothing when it holds none of what is looked for.
using PlainMasking =
    std::function<std::optional<std::string>(std::string_view key, std::string_view text)>;
/// The same where base64 stands that decodes to text: what is inside is masked.
[[nodiscard]] std::optional<std::string> masked_with_blobs(std::string_view key,
                                                           std::string_view text,
                                                           const PlainMasking& masked);

}  // namespace merlon
