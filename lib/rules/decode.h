#pragma once
/// Takes one layer of encoding off a text, wherever in it encoded pieces stand. Picky: what does
/// not decode to readable text is not a layer, so that ordinary manifests have almost none. Bounded
/// and linear.
///
/// Pieces with a text of their own: base64 (standard and URL-safe, over line ends, at any of the
/// four alignments), hex (plain, `0x`, pairs with separators), binary digits, Unicode tag
/// characters, variation selectors; gzip, zlib and UTF-16 inside base64 or hex. In place, the text
/// around them kept: percent escapes, HTML entities, `\u0041` and
/// `\x41` escapes. As a whole: rot13.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/normalise.h"

namespace merlon {

struct DecodedText {
  DerivedText derived;  ///< places are into the text that was given
  std::vector<std::string>
      layers;  ///< what was taken off, outermost first; two for gzip inside base64
};

/// Cheap: false when no text in base64, hex or binary digits stands in it.
[[nodiscard]] bool may_hold_encoded_piece(std::string_view text);

/// Cheap: false when no decoder can find anything but rot13.
[[nodiscard]] bool may_be_encoded(std::string_view text);

/// All readings with one layer less, at most 32 and `max_bytes` in all. `text` is valid UTF-8, and
/// so are the results.
[[nodiscard]] std::vector<DecodedText> decode_layer(std::string_view text, std::size_t max_bytes);

/// Words that tell rot13 from any other text, folded; in a text with none of them rot13 is not
/// tried.
[[nodiscard]] std::vector<std::string_view> rot13_signs();
/// The text with its ASCII letters turned by 13.
[[nodiscard]] DecodedText decode_rot13(std::string_view text);

/// Readable: valid UTF-8 of at least `kMinReadable` code points without control characters, mostly
/// letters and blanks.
inline constexpr std::size_t kMinReadable = 8;
[[nodiscard]] bool is_readable(std::string_view bytes);

}  // namespace merlon
