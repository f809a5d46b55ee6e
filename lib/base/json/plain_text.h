#pragma once
/// What may stand in a JSON string as it is.
///
///   const std::size_t end = end_of_plain_text(text, begin);   // [begin, end) needs no escape
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace merlon {

/// The first byte from `at` on that is no printable ASCII, a quote or a backslash; the size where
/// there is none. Eight at a time (the usual has-zero-byte test: the lowest bit that is set is
/// exact).
[[nodiscard]] inline std::size_t end_of_plain_text(std::string_view text, std::size_t at) {
  static_assert(std::endian::native == std::endian::little);
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, text.data() + at, 8);
    const std::uint64_t quote = block ^ (kOnes * '"');
    const std::uint64_t slash = block ^ (kOnes * '\\');
    const std::uint64_t del = block ^ (kOnes * 0x7F);
    const std::uint64_t special =
        (((quote - kOnes) & ~quote) | ((slash - kOnes) & ~slash) | ((del - kOnes) & ~del) |
         ((block - (kOnes * 0x20)) & ~block) | block) &
        kHigh;
    if (special != 0) {
      return at + (static_cast<std::size_t>(std::countr_zero(special)) / 8);
    }
  }
  const auto is_plain = [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; };
  while (at < text.size() && is_plain(text[at])) {
    ++at;
  }
  return at;
}

}  // namespace merlon
