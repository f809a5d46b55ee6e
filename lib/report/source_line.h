#pragma once
/// One source line with a mark below it, for the outputs that people read.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/location.h"

namespace merlon {

/// Columns that `text` takes on a terminal: two for wide East Asian characters and emoji, none for
/// combining marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// The excerpt as text that cannot do anything to a terminal, and how it is marked.
struct SourceLine {
  std::string before;
  std::string marked;
  std::string after;

  [[nodiscard]] bool empty() const { return before.empty() && marked.empty() && after.empty(); }
  [[nodiscard]] std::string line() const { return before + marked + after; }
  /// Blanks, then `^^^^` below the marked part; one `^` when nothing is marked.
  [[nodiscard]] std::string underline() const;
};

/// Blanks at the left edge are taken off, `…` stands where the line goes on.
[[nodiscard]] SourceLine make_source_line(const Excerpt& excerpt);

}  // namespace merlon
