// Normalising and decoding of any text: results are valid UTF-8, within their bounds, and every
// byte of them has a place in the text that it was made from; the cheap tests beforehand never
// hide a result.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/regex/folded_text.h"
#include "base/text.h"
#include "fuzz/document_invariants.h"
#include "rules/decode.h"
#include "rules/normalise.h"

namespace {

using merlon::test::broken;

constexpr std::size_t kMaxReadings = 32;
constexpr std::size_t kMaxBytes = 32'768;

void check_derived(const merlon::DerivedText& derived, std::string_view text) {
  if (merlon::find_invalid_utf8(derived.text)) {
    broken("a reading that is no UTF-8");
  }
  for (std::size_t at = 0; at < derived.text.size(); ++at) {
    const std::size_t begin = derived.places.begin_of(at);
    const std::size_t end = derived.places.end_of(at + 1);
    if (begin >= end || end > text.size()) {
      broken("the place of byte " + std::to_string(at) + " of a reading");
    }
  }
}

void check_normalised(std::string_view text) {
  const std::vector<merlon::DerivedText> readings = merlon::normalise(text);
  if (readings.empty() || readings.size() > 2) {
    broken("number of normalised readings");
  }
  for (const merlon::DerivedText& reading : readings) {
    check_derived(reading, text);
    // NFKC makes at most 18 code points of one.
    if (reading.text.size() > 33 * text.size() + 64) {
      broken("a normalised text that has grown");
    }
    if (!merlon::may_change_when_normalised(text) &&
        merlon::fold_text(reading.text) != merlon::fold_text(text)) {
      broken("normalising changes a text that it said it would not");
    }
  }
}

void check_decoded(std::string_view text) {
  const std::vector<merlon::DecodedText> readings = merlon::decode_layer(text, kMaxBytes);
  if (readings.size() > kMaxReadings) {
    broken("too many decoded readings");
  }
  if (!readings.empty() && !merlon::may_be_encoded(text)) {
    broken("a text that could not be encoded was decoded");
  }
  std::size_t bytes = 0;
  for (const merlon::DecodedText& reading : readings) {
    check_derived(reading.derived, text);
    bytes += reading.derived.text.size();
    if (reading.layers.empty() || reading.layers.size() > 2) {
      broken("layers of a decoded reading");
    }
  }
  if (bytes > kMaxBytes) {
    broken("more decoded bytes than the bound");
  }
  const merlon::DecodedText turned = merlon::decode_rot13(text);
  check_derived(turned.derived, text);
  if (merlon::decode_rot13(turned.derived.text).derived.text != text) {
    broken("rot13 twice is another text");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  while (const auto bad = merlon::find_invalid_utf8(text)) {
    text[*bad] = '?';
  }
  check_normalised(text);
  check_decoded(text);
  return 0;
}
