#include "rules/scripts.h"

#include <algorithm>
#include <array>

#include "base/unicode/unicode.h"

namespace merlon {
namespace {

struct Block {
  char32_t first;
  char32_t last;
  Script script;
};

// Sorted; blocks that are not named are kOther.
constexpr std::array kBlocks{
    Block{0x0041, 0x005A, Script::kLatin},         Block{0x0061, 0x007A, Script::kLatin},
    Block{0x00AA, 0x00AA, Script::kLatin},         Block{0x00B5, 0x00B5, Script::kGreek},
    Block{0x00BA, 0x00BA, Script::kLatin},         Block{0x00C0, 0x024F, Script::kLatin},
    Block{0x0250, 0x02AF, Script::kLatin},         Block{0x0370, 0x03FF, Script::kGreek},
    Block{0x0400, 0x052F, Script::kCyrillic},      Block{0x0530, 0x058F, Script::kArmenian},
    Block{0x0590, 0x08FF, Script::kRightToLeft},   Block{0x0900, 0x109F, Script::kJoining},
    Block{0x13A0, 0x13FF, Script::kCherokee},      Block{0x1700, 0x18AF, Script::kJoining},
    Block{0x1A00, 0x1AAF, Script::kJoining},       Block{0x1B00, 0x1C7F, Script::kJoining},
    Block{0x1C80, 0x1C8F, Script::kCyrillic},      Block{0x1D00, 0x1DBF, Script::kStyled},
    Block{0x1E00, 0x1EFF, Script::kLatin},         Block{0x1F00, 0x1FFF, Script::kGreek},
    Block{0x2071, 0x209C, Script::kStyled},        Block{0x2100, 0x214F, Script::kStyled},
    Block{0x2460, 0x24FF, Script::kStyled},        Block{0x2C60, 0x2C7F, Script::kLatin},
    Block{0x2DE0, 0x2DFF, Script::kCyrillic},      Block{0xA640, 0xA69F, Script::kCyrillic},
    Block{0xA720, 0xA7FF, Script::kLatin},         Block{0xA8E0, 0xAAFF, Script::kJoining},
    Block{0xAB30, 0xAB6F, Script::kLatin},         Block{0xAB70, 0xABBF, Script::kCherokee},
    Block{0xFB1D, 0xFDFF, Script::kRightToLeft},   Block{0xFE70, 0xFEFC, Script::kRightToLeft},
    Block{0xFF21, 0xFF3A, Script::kStyled},        Block{0xFF41, 0xFF5A, Script::kStyled},
    Block{0x10800, 0x10FFF, Script::kRightToLeft}, Block{0x11000, 0x11FFF, Script::kJoining},
    Block{0x1D400, 0x1D7FF, Script::kStyled},      Block{0x1E800, 0x1EFFF, Script::kRightToLeft},
    Block{0x1F100, 0x1F189, Script::kStyled},
};

}  // namespace

Script script_of(char32_t c) {
  const auto* after =
      std::upper_bound(kBlocks.begin(), kBlocks.end(), c,
                       [](char32_t value, const Block& block) { return value < block.first; });
  const Block* block = after == kBlocks.begin() ? nullptr : after - 1;
  const bool inside = block != nullptr && c <= block->last;
  if (inside && block->script == Script::kStyled) {
    return Script::kStyled;
  }
  if (!is_letter(c)) {
    return Script::kNone;
  }
  return inside ? block->script : Script::kOther;
}

bool is_emoji_part(char32_t c) {
  return c == 0xFE0F || c == 0x20E3 || (c >= 0x2190 && c <= 0x21FF) ||
         (c >= 0x2300 && c <= 0x23FF) || (c >= 0x2600 && c <= 0x27BF) ||
         (c >= 0x2B00 && c <= 0x2BFF) || c == 0x3030 || c == 0x303D ||
         (c >= 0x1F000 && c <= 0x1FAFF);
}

}  // namespace merlon
