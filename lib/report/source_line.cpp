#include "report/source_line.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace merlon {
namespace {

struct CodePointRange {
  char32_t first;
  char32_t last;
};

// East Asian Wide and Fullwidth blocks, and the emoji that terminals show in two columns.
constexpr std::array kWide = {
    CodePointRange{0x1100, 0x115F},   CodePointRange{0x231A, 0x231B},
    CodePointRange{0x23E9, 0x23EC},   CodePointRange{0x2614, 0x2615},
    CodePointRange{0x26A1, 0x26A1},   CodePointRange{0x2705, 0x2705},
    CodePointRange{0x274C, 0x274C},   CodePointRange{0x2753, 0x2757},
    CodePointRange{0x2E80, 0x303E},   CodePointRange{0x3041, 0x33FF},
    CodePointRange{0x3400, 0x4DBF},   CodePointRange{0x4E00, 0x9FFF},
    CodePointRange{0xA000, 0xA4CF},   CodePointRange{0xAC00, 0xD7A3},
    CodePointRange{0xF900, 0xFAFF},   CodePointRange{0xFE30, 0xFE6F},
    CodePointRange{0xFF00, 0xFF60},   CodePointRange{0xFFE0, 0xFFE6},
    CodePointRange{0x1F300, 0x1F64F}, CodePointRange{0x1F680, 0x1F6FF},
    CodePointRange{0x1F900, 0x1FAFF}, CodePointRange{0x20000, 0x3FFFD},
};
constexpr std::array kZero = {
    CodePointRange{0x0300, 0x036F}, CodePointRange{0x0483, 0x0489}, CodePointRange{0x0591, 0x05BD},
    CodePointRange{0x064B, 0x065F}, CodePointRange{0x0E34, 0x0E3A}, CodePointRange{0x1AB0, 0x1AFF},
    CodePointRange{0x1DC0, 0x1DFF}, CodePointRange{0x20D0, 0x20FF}, CodePointRange{0xFE0F, 0xFE0F},
    CodePointRange{0xFE20, 0xFE2F},
};

template <std::size_t Size>
bool is_in(const std::array<CodePointRange, Size>& ranges, char32_t code_point) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const CodePointRange& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code_point = next_code_point(text, at);
    // Most texts are ASCII and need no table.
    const bool plain = code_point < 0x300;
    if (!plain && is_in(kWide, code_point)) {
      width += 2;
    } else if (plain || !is_in(kZero, code_point)) {
      ++width;
    }
  }
  return width;
}

std::string SourceLine::underline() const {
  return std::string(display_width(before), ' ') +
         std::string(std::max<std::size_t>(display_width(marked), 1), '^');
}

SourceLine make_source_line(const Excerpt& excerpt) {
  std::string_view before = excerpt.before;
  if (!excerpt.cut_left) {
    const std::size_t first = before.find_first_not_of(" \t");
    // Keep the blanks of a place that is itself made of blanks.
    before.remove_prefix(
        first == std::string_view::npos ? (excerpt.marked.empty() ? 0 : before.size()) : first);
  }
  SourceLine line;
  line.before = (excerpt.cut_left ? "…" : "") + escape_for_display(before);
  line.marked = escape_for_display(excerpt.marked);
  line.after = escape_for_display(excerpt.after) + (excerpt.cut_right ? "…" : "");
  return line;
}

}  // namespace merlon
