#pragma once
/// A text as code points, each with the byte of the source that it came from.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace merlon {

struct PlainText {
  std::vector<char32_t> letters;
  std::vector<std::uint32_t> source;  ///< as many as letters, and one more: the end

  void clear() {
    letters.clear();
    source.clear();
  }
};

/// `text` as it stands. Valid UTF-8 below 4 GiB.
void read_plain(std::string_view text, PlainText& out);
/// NFKC, and without what is not seen: zero-width and bidi controls, soft hyphens, tags.
void read_normal(std::string_view text, PlainText& out);

}  // namespace merlon
