#include "base/unicode/unicode.h"

#include <algorithm>
#include <array>
#include <vector>

#include <utf8proc.h>

#include "base/text.h"

namespace merlon {
namespace {

utf8proc_int32_t as_signed(char32_t c) {
  return static_cast<utf8proc_int32_t>(c);
}

const utf8proc_property_t& property(char32_t c) {
  return *utf8proc_get_property(as_signed(c));
}

struct CodePointRange {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool in_ranges(const std::array<CodePointRange, N>& ranges, char32_t c) {
  const auto* const after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t x, CodePointRange range) { return x < range.first; });
  return after != ranges.begin() && c <= (after - 1)->last;
}

constexpr std::array<CodePointRange, 22> kWithoutBlanks{
    {{0x0E00, 0x0EFF}, {0x1000, 0x109F},  {0x1100, 0x11FF}, {0x1780, 0x17FF}, {0x2E80, 0x2FDF},
     {0x3005, 0x3007}, {0x3021, 0x3029},  {0x3031, 0x3035}, {0x3038, 0x303B}, {0x3041, 0x309F},
     {0x30A1, 0x30FF}, {0x3105, 0x312F},  {0x3131, 0x318E}, {0x31A0, 0x31BF}, {0x31F0, 0x31FF},
     {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},  {0xA960, 0xA97F}, {0xAC00, 0xD7FF}, {0xF900, 0xFAFF},
     {0xFF66, 0xFFDC}, {0x20000, 0x3FFFF}}};

constexpr std::array<CodePointRange, 15> kInvisible{{{0x00AD, 0x00AD},
                                                     {0x034F, 0x034F},
                                                     {0x061C, 0x061C},
                                                     {0x115F, 0x1160},
                                                     {0x17B4, 0x17B5},
                                                     {0x180B, 0x180F},
                                                     {0x200B, 0x200F},
                                                     {0x202A, 0x202E},
                                                     {0x2060, 0x206F},
                                                     {0x2800, 0x2800},
                                                     {0x3164, 0x3164},
                                                     {0xFE00, 0xFE0F},
                                                     {0xFEFF, 0xFEFF},
                                                     {0xFFA0, 0xFFA0},
                                                     {0xE0000, 0xE0FFF}}};

}  // namespace

bool is_word_char_beyond_ascii(char32_t c) {
  const auto category = property(c).category;
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

bool is_letter_beyond_ascii(char32_t c) {
  const auto category = property(c).category;
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool is_upper_beyond_ascii(char32_t c) {
  return property(c).category == UTF8PROC_CATEGORY_LU;
}

bool is_lower_beyond_ascii(char32_t c) {
  return property(c).category == UTF8PROC_CATEGORY_LL;
}

bool is_decimal_digit_beyond_ascii(char32_t c) {
  return property(c).category == UTF8PROC_CATEGORY_ND;
}

bool is_number_beyond_ascii(char32_t c) {
  const auto category = property(c).category;
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

char32_t to_lower_beyond_ascii(char32_t c) {
  return static_cast<char32_t>(utf8proc_tolower(as_signed(c)));
}

bool is_mark_beyond_ascii(char32_t c) {
  const auto category = property(c).category;
  return category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
}

bool is_blank(char32_t c) {
  if (c < 0x80) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D);
  }
  return c == 0x85 || c == 0xA0 || c == 0x1680 || c == 0x180E || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_unprintable(char32_t c) {
  if (c < 0x80) {
    return (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
  }
  const auto category = property(c).category;
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CN ||
         category == UTF8PROC_CATEGORY_CS || category == UTF8PROC_CATEGORY_CO;
}

bool is_invisible(char32_t c) {
  return c >= 0xAD && in_ranges(kInvisible, c);
}

bool is_written_without_blanks(char32_t c) {
  return c >= 0xE00 && in_ranges(kWithoutBlanks, c);
}

char32_t fold_case(char32_t c) {
  if (c < 0x80) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }
  if (c == 0x130 || c == 0x131) {
    return c;
  }
  const auto& facts = property(c);
  if (facts.uppercase_seqindex == UINT16_MAX && facts.lowercase_seqindex == UINT16_MAX) {
    return c;
  }
  // Through the upper case, so that variants that share it only there (ς and σ, ſ and s) meet.
  return static_cast<char32_t>(utf8proc_tolower(utf8proc_toupper(as_signed(c))));
}

bool is_nfkc_inert(char32_t c) {
  if (c < 0x80) {
    return true;
  }
  const auto& facts = property(c);
  return facts.decomp_seqindex == UINT16_MAX && facts.combining_class == 0 && !is_mark(c) &&
         (c < 0xAC00 || c > 0xD7A3);
}

void append_nfkc(std::string& out, std::span<const char32_t> cluster) {
  std::string utf8;
  for (const char32_t c : cluster) {
    append_utf8(utf8, c);
  }
  std::array<utf8proc_int32_t, 512> buffer{};
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
  const utf8proc_ssize_t length =
      utf8proc_decompose(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                         static_cast<utf8proc_ssize_t>(utf8.size()), buffer.data(),
                         static_cast<utf8proc_ssize_t>(buffer.size()), options);
  if (length < 0 || length > static_cast<utf8proc_ssize_t>(buffer.size())) {
    out.append(utf8);  // longer than any cluster of a text that people wrote
    return;
  }
  const utf8proc_ssize_t composed = utf8proc_normalize_utf32(buffer.data(), length, options);
  for (utf8proc_ssize_t i = 0; i < composed; ++i) {
    append_utf8(out, static_cast<char32_t>(buffer[static_cast<std::size_t>(i)]));
  }
}

char32_t without_accents(char32_t c) {
  if (c < 0xC0) {
    return c;
  }
  std::array<utf8proc_int32_t, 32> buffer{};
  int boundary = 0;
  const utf8proc_ssize_t length = utf8proc_decompose_char(
      as_signed(c), buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()),
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE), &boundary);
  if (length < 2 || length > static_cast<utf8proc_ssize_t>(buffer.size())) {
    return c;
  }
  for (utf8proc_ssize_t i = 1; i < length; ++i) {
    if (!is_mark(static_cast<char32_t>(buffer[static_cast<std::size_t>(i)]))) {
      return c;
    }
  }
  return static_cast<char32_t>(buffer[0]);
}

}  // namespace merlon
