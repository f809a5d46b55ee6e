#pragma once
/// The next byte of a kind in a long text, many bytes at a time.
///
///   for (auto at = find_byte_if(text, 0, is_sign); at < text.size();
///        at = find_byte_if(text, at + 1, is_sign)) { ... }
///
/// `is_sign` is a lambda over `auto` that joins equalities by `|` and `&`, such as
///   [](auto c) { return (c == '%') | (c == '&'); }
/// and is asked about a byte or about sixteen at once (vector types of GCC and Clang).
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace merlon {

/// Sixteen bytes; what is compared with a byte is compared with each.
using ByteVector = std::uint8_t __attribute__((vector_size(16)));

/// True when a comparison of vectors holds somewhere.
template <class Compared>
[[nodiscard]] bool holds_somewhere(const Compared& compared) {
  std::array<std::uint64_t, 2> halves{};
  static_assert(sizeof(halves) == sizeof(compared));
  std::memcpy(halves.data(), &compared, sizeof(halves));
  return (halves[0] | halves[1]) != 0;
}

[[nodiscard]] inline ByteVector load_bytes(const char* bytes) {
  ByteVector out;
  std::memcpy(&out, bytes, sizeof(out));
  return out;
}

/// The place of the first byte from `at` on of which `is` holds; the text's size when there is
/// none.
template <class Is>
[[nodiscard]] std::size_t find_byte_if(std::string_view text, std::size_t at, Is is) {
  constexpr std::size_t kHalf = sizeof(ByteVector);
  for (; at < text.size() && text.size() - at >= 2 * kHalf; at += 2 * kHalf) {
    if (holds_somewhere(is(load_bytes(text.data() + at)) |
                        is(load_bytes(text.data() + at + kHalf)))) {
      break;
    }
  }
  while (at < text.size() && !is(static_cast<unsigned char>(text[at]))) {
    ++at;
  }
  return at;
}

/// The same for `is(byte, byte before it)`; the first byte of a text is never found.
template <class Is>
[[nodiscard]] std::size_t find_pair_if(std::string_view text, std::size_t at, Is is) {
  constexpr std::size_t kStep = sizeof(ByteVector);
  at = at == 0 ? 1 : at;
  for (; at < text.size() && text.size() - at >= kStep; at += kStep) {
    const char* const here = text.data() + at;
    if (holds_somewhere(is(load_bytes(here), load_bytes(here - 1)))) {
      break;
    }
  }
  while (at < text.size() &&
         !is(static_cast<unsigned char>(text[at]), static_cast<unsigned char>(text[at - 1]))) {
    ++at;
  }
  return at < text.size() ? at : text.size();
}

}  // namespace merlon
