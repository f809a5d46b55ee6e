#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/check_functions.h"
#include "rules/check_support.h"
#include "rules/decode.h"

namespace merlon {
namespace {

constexpr std::size_t kProseWords = 4;    // fewer is a sample such as `Hello, World`
constexpr std::size_t kWordLetters = 14;  // prose has a blank at least this often
constexpr std::size_t kShownText = 200;

/// Pieces of a text that have a text of their own; escapes are left out, which honest prose has
/// too.
bool is_piece(const DecodedText& reading) {
  constexpr std::array<std::string_view, 3> kPieces{"base64", "hex", "binary"};
  return !reading.layers.empty() &&
         std::find(kPieces.begin(), kPieces.end(), reading.layers.front()) != kPieces.end();
}

/// Several words, hardly anything else than letters and blanks.
bool reads_like_prose(std::string_view text) {
  std::size_t letters = 0;
  std::size_t blanks = 0;
  std::size_t points = 0;
  std::size_t words = 0;
  std::size_t run = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    ++points;
    if (is_letter(c)) {
      ++letters;
      words += ++run == 2 ? 1U : 0U;
      continue;
    }
    run = 0;
    blanks += c == ' ' ? 1U : 0U;
  }
  return words >= kProseWords && (letters + blanks) * 10 >= points * 8 &&
         blanks * kWordLetters >= points;
}

void inspect_text(const Document& document, NodeId node, std::size_t index, const Limits& limits,
                  CheckSink& sink) {
  std::string scratch;
  const std::string_view text = document.text(node, scratch).substr(0, limits.text_bytes);
  if (!may_hold_encoded_piece(text) || find_invalid_utf8(text)) {
    return;
  }
  const std::vector<DecodedText> readings = decode_layer(text, limits.decode_bytes);
  for (const DecodedText& reading : readings) {
    if (!is_piece(reading) || !reads_like_prose(reading.derived.text)) {
      continue;
    }
    CheckHit hit;
    hit.rule_id = "encoded-prose";
    hit.manifest = index;
    hit.node = node;
    hit.begin = reading.derived.places.begin_of(0);
    hit.end = reading.derived.places.end_of(reading.derived.text.size());
    hit.evidence = {.text = shorten(reading.derived.text, kShownText),
                    .decoded_by = reading.layers};
    sink.report(std::move(hit));
    return;
  }
}

}  // namespace

void check_encoded_prose(const CheckInput& input, CheckSink& sink) {
  const SurfaceSet looked_at = parse_surface_set("text").value_or(0);
  for (std::size_t index = 0; index < input.manifests.size(); ++index) {
    const Manifest& manifest = *input.manifests[index];
    for (NodeId node = 0; node < manifest.document.size(); ++node) {
      if (is_text_node(manifest.document, node) &&
          (surface_bit(manifest.surface_of(node)) & looked_at) != 0) {
        inspect_text(manifest.document, node, index, input.limits, sink);
      }
    }
  }
}

}  // namespace merlon
