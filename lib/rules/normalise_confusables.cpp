#include "rules/normalise_confusables.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace merlon {
namespace {

struct Lookalike {
  char32_t from;
  char to;
};

// Sorted by code point; the static_assert below holds it.
constexpr std::array kLookalikes{
    // Latin letters beyond ASCII, IPA and small capitals
    Lookalike{0x0131, 'i'},
    Lookalike{0x0251, 'a'},
    Lookalike{0x0261, 'g'},
    Lookalike{0x0262, 'g'},
    Lookalike{0x0269, 'i'},
    Lookalike{0x026A, 'i'},
    Lookalike{0x0274, 'n'},
    Lookalike{0x0280, 'r'},
    Lookalike{0x028B, 'v'},
    Lookalike{0x028F, 'y'},
    Lookalike{0x0299, 'b'},
    Lookalike{0x029C, 'h'},
    Lookalike{0x029F, 'l'},
    // Greek
    Lookalike{0x037F, 'J'},
    Lookalike{0x0391, 'A'},
    Lookalike{0x0392, 'B'},
    Lookalike{0x0395, 'E'},
    Lookalike{0x0396, 'Z'},
    Lookalike{0x0397, 'H'},
    Lookalike{0x0399, 'I'},
    Lookalike{0x039A, 'K'},
    Lookalike{0x039C, 'M'},
    Lookalike{0x039D, 'N'},
    Lookalike{0x039F, 'O'},
    Lookalike{0x03A1, 'P'},
    Lookalike{0x03A4, 'T'},
    Lookalike{0x03A5, 'Y'},
    Lookalike{0x03A7, 'X'},
    Lookalike{0x03B1, 'a'},
    Lookalike{0x03B3, 'y'},
    Lookalike{0x03B5, 'e'},
    Lookalike{0x03B7, 'n'},
    Lookalike{0x03B9, 'i'},
    Lookalike{0x03BA, 'k'},
    Lookalike{0x03BD, 'v'},
    Lookalike{0x03BF, 'o'},
    Lookalike{0x03C1, 'p'},
    Lookalike{0x03C4, 't'},
    Lookalike{0x03C5, 'u'},
    Lookalike{0x03C7, 'x'},
    Lookalike{0x03C9, 'w'},
    Lookalike{0x03F2, 'c'},
    Lookalike{0x03F3, 'j'},
    Lookalike{0x03F9, 'C'},
    // Cyrillic
    Lookalike{0x0405, 'S'},
    Lookalike{0x0406, 'I'},
    Lookalike{0x0408, 'J'},
    Lookalike{0x0410, 'A'},
    Lookalike{0x0412, 'B'},
    Lookalike{0x0415, 'E'},
    Lookalike{0x041A, 'K'},
    Lookalike{0x041C, 'M'},
    Lookalike{0x041D, 'H'},
    Lookalike{0x041E, 'O'},
    Lookalike{0x0420, 'P'},
    Lookalike{0x0421, 'C'},
    Lookalike{0x0422, 'T'},
    Lookalike{0x0423, 'Y'},
    Lookalike{0x0425, 'X'},
    Lookalike{0x0430, 'a'},
    Lookalike{0x0435, 'e'},
    Lookalike{0x043A, 'k'},
    Lookalike{0x043C, 'm'},
    Lookalike{0x043D, 'h'},
    Lookalike{0x043E, 'o'},
    Lookalike{0x0440, 'p'},
    Lookalike{0x0441, 'c'},
    Lookalike{0x0442, 't'},
    Lookalike{0x0443, 'y'},
    Lookalike{0x0445, 'x'},
    Lookalike{0x0455, 's'},
    Lookalike{0x0456, 'i'},
    Lookalike{0x0458, 'j'},
    Lookalike{0x0475, 'v'},
    Lookalike{0x04AE, 'Y'},
    Lookalike{0x04AF, 'y'},
    Lookalike{0x04BB, 'h'},
    Lookalike{0x04C0, 'I'},
    Lookalike{0x04CF, 'l'},
    Lookalike{0x0501, 'd'},
    Lookalike{0x050C, 'G'},
    Lookalike{0x051B, 'q'},
    Lookalike{0x051C, 'W'},
    Lookalike{0x051D, 'w'},
    // Armenian
    Lookalike{0x054D, 'U'},
    Lookalike{0x0555, 'O'},
    Lookalike{0x0563, 'q'},
    Lookalike{0x0566, 'q'},
    Lookalike{0x0570, 'h'},
    Lookalike{0x0578, 'n'},
    Lookalike{0x057D, 'u'},
    Lookalike{0x0581, 'g'},
    Lookalike{0x0585, 'o'},
    // Cherokee capitals
    Lookalike{0x13A0, 'D'},
    Lookalike{0x13A1, 'R'},
    Lookalike{0x13A2, 'T'},
    Lookalike{0x13A9, 'Y'},
    Lookalike{0x13AA, 'A'},
    Lookalike{0x13AB, 'J'},
    Lookalike{0x13AC, 'E'},
    Lookalike{0x13B3, 'W'},
    Lookalike{0x13B7, 'M'},
    Lookalike{0x13BB, 'H'},
    Lookalike{0x13BD, 'Y'},
    Lookalike{0x13C0, 'G'},
    Lookalike{0x13C3, 'Z'},
    Lookalike{0x13CF, 'b'},
    Lookalike{0x13D2, 'R'},
    Lookalike{0x13D4, 'W'},
    Lookalike{0x13D5, 'S'},
    Lookalike{0x13D9, 'V'},
    Lookalike{0x13DA, 'S'},
    Lookalike{0x13DE, 'L'},
    Lookalike{0x13DF, 'C'},
    Lookalike{0x13E2, 'P'},
    Lookalike{0x13E6, 'K'},
    Lookalike{0x13F4, 'B'},
    // Small capitals of phonetic extensions
    Lookalike{0x1D00, 'a'},
    Lookalike{0x1D04, 'c'},
    Lookalike{0x1D05, 'd'},
    Lookalike{0x1D07, 'e'},
    Lookalike{0x1D0A, 'j'},
    Lookalike{0x1D0B, 'k'},
    Lookalike{0x1D0D, 'm'},
    Lookalike{0x1D0F, 'o'},
    Lookalike{0x1D18, 'p'},
    Lookalike{0x1D1B, 't'},
    Lookalike{0x1D1C, 'u'},
    Lookalike{0x1D20, 'v'},
    Lookalike{0x1D21, 'w'},
    Lookalike{0x1D22, 'z'},
    Lookalike{0xA730, 'f'},
    Lookalike{0xA731, 's'},
};

static_assert(std::is_sorted(kLookalikes.begin(), kLookalikes.end(),
                             [](const Lookalike& a, const Lookalike& b) {
                               return a.from < b.from;
                             }));

// Enclosed capitals come as whole alphabets.
constexpr std::array<char32_t, 3> kEnclosedAlphabets{0x1F130, 0x1F150, 0x1F170};

}  // namespace

char latin_lookalike(char32_t c) {
  if (c < 0x131) {
    return 0;
  }
  for (const char32_t first : kEnclosedAlphabets) {
    if (c >= first && c < first + 26) {
      return static_cast<char>('A' + (c - first));
    }
  }
  const auto* const place =
      std::lower_bound(kLookalikes.begin(), kLookalikes.end(), c,
                       [](const Lookalike& a, char32_t x) { return a.from < x; });
  return place != kLookalikes.end() && place->from == c ? place->to : '\0';
}

}  // namespace merlon
