#pragma once
/// A text as the literal index sees it: case folded, and every run of blanks (Unicode ones too) one
/// space.
///
/// Whatever a pattern of regex.h or a phrase finds in a text without regard to case, its literals,
/// folded the same way, stand in the folded text. Buffers are kept between texts: one object, one
/// thread.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

class FoldedText {
 public:
  /// Bytes that may be read behind `text()`; they are zero.
  static constexpr std::size_t kPadding = 16;

  /// `source` is valid UTF-8 below 4 GiB; it is not kept.
  void assign(std::string_view source);

  [[nodiscard]] std::string_view text() const { return {buffer_.data(), size_}; }
  /// The byte of the source that byte `at` of text() came from; the source's size for
  /// text().size().
  [[nodiscard]] std::size_t source_of(std::size_t at) const;
  /// Whether a byte stands in the source, as a bit of four words.
  [[nodiscard]] const std::array<std::uint64_t, 4>& source_bytes() const { return source_bytes_; }
  [[nodiscard]] bool has_folded(unsigned char byte) const {
    return ((folded_bytes_[byte >> 6U] >> (byte & 63U)) & 1U) != 0;
  }
  /// Whether `count` token bytes (is_token_byte) stand in a row; true for a count of 0.
  [[nodiscard]] bool has_token_run(std::size_t count) const;
  /// Whether `count` digits may stand in a row; other scripts have digits too, so true for any
  /// text beyond ASCII.
  [[nodiscard]] bool may_have_digit_run(std::size_t count) const;
  [[nodiscard]] bool source_is_ascii() const { return (source_bytes_[2] | source_bytes_[3]) == 0; }

 private:
  struct Piece {
    std::uint32_t at{0};      ///< from here on ...
    std::uint32_t source{0};  ///< ... the source goes on here
  };
  std::size_t fold_ascii(std::string_view source, std::size_t at, bool& after_blank);
  void fold_bytes();
  void put(char byte) { buffer_[size_++] = byte; }
  void note_source(std::size_t source);

  std::string buffer_;
  std::size_t size_{0};
  std::size_t source_size_{0};
  std::size_t shift_{0};  ///< of the source's bytes against the text's, modulo 2^64
  std::vector<Piece> pieces_;
  std::array<std::uint64_t, 4> source_bytes_{};
  std::array<std::uint64_t, 4> folded_bytes_{};
};

/// What keys, digests and encoded data are made of: ASCII letters, digits and `+/=_-.`
[[nodiscard]] constexpr bool is_token_byte(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=' || c == '_' || c == '-' || c == '.';
}

/// One string folded, for literals.
[[nodiscard]] std::string fold_text(std::string_view text);

}  // namespace merlon
