#pragma once
/// From a position counted in characters, as libyaml does, to a byte offset.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace merlon {

/// Walks from the last answer, forwards or backwards, so that positions in roughly rising order
/// cost linear time in all.
class CharacterCursor {
 public:
  /// `text` is valid UTF-8 and outlives the cursor. A byte order mark is not counted.
  explicit CharacterCursor(std::string_view text)
      : text_(text), byte_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

  [[nodiscard]] std::uint32_t byte_of(std::size_t character) {
    while (character_ < character && byte_ < text_.size()) {
      ++character_;
      do {
        ++byte_;
      } while (byte_ < text_.size() && is_continuation(text_[byte_]));
    }
    while (character_ > character) {
      --character_;
      do {
        --byte_;
      } while (is_continuation(text_[byte_]));
    }
    return static_cast<std::uint32_t>(byte_);
  }

 private:
  static bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

  std::string_view text_;
  std::size_t character_{0};
  std::size_t byte_;
};

}  // namespace merlon
