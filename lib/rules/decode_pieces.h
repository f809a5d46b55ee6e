#pragma once
/// The decoders behind decode.h. Each appends what it finds to a sink, which holds the bounds.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/decode.h"

namespace merlon {

/// Collects readings, bounded in number and bytes.
class DecodeSink {
 public:
  explicit DecodeSink(std::size_t max_bytes) : bytes_left_(max_bytes) {}

  [[nodiscard]] bool full() const { return out_.size() >= kMaxReadings || bytes_left_ == 0; }
  [[nodiscard]] std::size_t bytes_left() const { return bytes_left_; }
  /// A piece [begin, end) of the text that stands for `decoded`.
  void add_piece(std::string decoded, std::size_t begin, std::size_t end,
                 std::vector<std::string> layers);
  void add(DecodedText reading);
  [[nodiscard]] std::vector<DecodedText> take() && { return std::move(out_); }

 private:
  static constexpr std::size_t kMaxReadings = 32;
  std::size_t bytes_left_;
  std::vector<DecodedText> out_;
};

/// Adds the piece when `bytes` are readable, UTF-16 or deflated text; returns whether they were.
bool add_if_readable(std::string bytes, std::size_t begin, std::size_t end, std::string layer,
                     DecodeSink& sink);

/// Cheap: false when bytes that begin with `first` are nothing that add_if_readable takes. Of a
/// character that is cut at the end nothing is known.
[[nodiscard]] bool may_become_readable(std::string_view first);

void decode_base64(std::string_view text, DecodeSink& sink);
void decode_hex(std::string_view text, DecodeSink& sink);
void decode_binary_digits(std::string_view text, DecodeSink& sink);
void decode_tags(std::string_view text, DecodeSink& sink);
void decode_variation_selectors(std::string_view text, DecodeSink& sink);
void decode_percent(std::string_view text, DecodeSink& sink);
void decode_html_entities(std::string_view text, DecodeSink& sink);
void decode_backslash_escapes(std::string_view text, DecodeSink& sink);

/// What a decoder of runs of digits cannot do without: enough bytes of one kind in a row.
enum class DigitRun : std::uint8_t {
  kBase64,  ///< digits of both base64 alphabets
  kHex,     ///< hexadecimal digits, `x` and the separators of pairs
  kBits,    ///< 0, 1 and blanks
};
[[nodiscard]] bool has_digit_run(std::string_view text, DigitRun kind);

/// 0 to 15, or -1.
[[nodiscard]] inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

}  // namespace merlon
