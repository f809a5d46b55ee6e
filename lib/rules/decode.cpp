#include "rules/decode.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/archive/inflate.h"
#include "base/byte_search.h"
#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/decode_pieces.h"

namespace merlon {
namespace {

constexpr std::array kDecoders{&decode_tags,          &decode_variation_selectors, &decode_percent,
                               &decode_html_entities, &decode_backslash_escapes,   &decode_base64,
                               &decode_hex,           &decode_binary_digits};

/// Percent, entity and backslash escapes; lead bytes of tags and variation selectors.
bool has_escape_sign(std::string_view text) {
  const auto is_sign = [](auto c) {
    return (c == '%') | (c == '&') | (c == '\\') | (c == 0xF3) | (c == 0xEF);
  };
  return find_byte_if(text, 0, is_sign) < text.size();
}

constexpr std::size_t kWidestCodePoint = 4;  // bytes of UTF-8

// What from_utf16 needs of the first bytes.
bool may_be_utf16(std::string_view first) {
  if (first.size() < 2) {
    return true;
  }
  for (std::size_t i = first[1] == '\0' ? 1 : 0; i < first.size(); i += 2) {
    if (first[i] != '\0') {
      return false;
    }
  }
  return true;
}

// UTF-16 of ASCII: every other byte is zero. What PowerShell's encoded commands are.
std::string from_utf16(std::string_view bytes) {
  std::string out;
  if (bytes.size() < 2 * kMinReadable || bytes.size() % 2 != 0) {
    return out;
  }
  const std::size_t zero = bytes[1] == '\0' ? 1 : 0;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    if (bytes[i + zero] != '\0') {
      return {};
    }
    out.push_back(bytes[i + 1 - zero]);
  }
  return out;
}

}  // namespace

bool is_readable(std::string_view bytes) {
  if (find_invalid_utf8(bytes)) {
    return false;
  }
  std::size_t total = 0;
  std::size_t prose = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const char32_t c = next_code_point(bytes, at);
    if (is_unprintable(c) && !is_invisible(c)) {
      return false;
    }
    ++total;
    if (is_letter(c) || is_mark(c) || is_blank(c)) {
      ++prose;
    }
  }
  return total >= kMinReadable && prose * 10 >= total * 6;
}

void DecodeSink::add(DecodedText reading) {
  if (full() || reading.derived.text.size() > bytes_left_) {
    bytes_left_ = 0;
    return;
  }
  bytes_left_ -= reading.derived.text.size();
  out_.push_back(std::move(reading));
}

void DecodeSink::add_piece(std::string decoded, std::size_t begin, std::size_t end,
                           std::vector<std::string> layers) {
  DecodedText reading;
  reading.derived.text = std::move(decoded);
  reading.derived.places.block(0, begin, end);
  reading.layers = std::move(layers);
  add(std::move(reading));
}

bool may_become_readable(std::string_view first) {
  if (looks_deflated(first) || may_be_utf16(first)) {
    return true;
  }
  const auto bad = find_invalid_utf8(first);
  if (bad && first.size() - *bad >= kWidestCodePoint) {
    return false;
  }
  for (std::size_t at = 0; at < bad.value_or(first.size());) {
    const char32_t c = next_code_point(first, at);
    if (is_unprintable(c) && !is_invisible(c)) {
      return false;
    }
  }
  return true;
}

bool add_if_readable(std::string bytes, std::size_t begin, std::size_t end, std::string layer,
                     DecodeSink& sink) {
  if (is_readable(bytes)) {
    sink.add_piece(std::move(bytes), begin, end, {std::move(layer)});
    return true;
  }
  if (std::string narrow = from_utf16(bytes); is_readable(narrow)) {
    sink.add_piece(std::move(narrow), begin, end, {std::move(layer), "utf-16"});
    return true;
  }
  if (auto unpacked = inflate_prefix(bytes, sink.bytes_left())) {
    // Cut at a bound the last character may be half.
    if (const auto bad = find_invalid_utf8(*unpacked); bad && unpacked->size() - *bad < 4) {
      unpacked->resize(*bad);
    }
    if (is_readable(*unpacked)) {
      sink.add_piece(*std::move(unpacked), begin, end, {std::move(layer), "gzip"});
      return true;
    }
  }
  return false;
}

bool may_hold_encoded_piece(std::string_view text) {
  // Hex digits and bits may have separators.
  return has_digit_run(text, DigitRun::kBase64) || has_digit_run(text, DigitRun::kHex) ||
         has_digit_run(text, DigitRun::kBits);
}

bool may_be_encoded(std::string_view text) {
  return has_escape_sign(text) || may_hold_encoded_piece(text);
}

std::vector<DecodedText> decode_layer(std::string_view text, std::size_t max_bytes) {
  DecodeSink sink(max_bytes);
  for (const auto decoder : kDecoders) {
    if (sink.full()) {
      break;
    }
    decoder(text, sink);
  }
  return std::move(sink).take();
}

std::vector<std::string_view> rot13_signs() {
  // the, and, you, ignore, previous, instruction, system, follow, reveal, secret, password, user,
  // file, send, read
  return {" gur ",  " naq ",  " lbh ",    "vtaber", "cerivbhf", "vafgehpgvba", "flfgrz", "sbyybj",
          "erirny", "frperg", "cnffjbeq", " hfre",  " svyr",    " fraq ",      " ernq "};
}

DecodedText decode_rot13(std::string_view text) {
  DecodedText out;
  out.layers = {"rot13"};
  out.derived.places.linear(0, 0);
  out.derived.text.reserve(text.size());
  for (const char c : text) {
    const char base = c >= 'a' && c <= 'z' ? 'a' : 'A';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    out.derived.text.push_back(letter ? static_cast<char>(base + ((c - base + 13) % 26)) : c);
  }
  return out;
}

}  // namespace merlon
