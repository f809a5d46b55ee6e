#include "rules/name_look.h"

#include <algorithm>

#include "base/text.h"
#include "rules/normalise_confusables.h"

namespace merlon {

std::string look_of(std::string_view name) {
  std::string look;
  for (std::size_t at = 0; at < name.size();) {
    const char32_t c = next_code_point(name, at);
    const char latin = latin_lookalike(c);
    if (latin == 0 && c > 0x7F) {
      append_utf8(look, c);
      continue;
    }
    char letter = latin != 0 ? latin : static_cast<char>(c);
    if (letter >= 'A' && letter <= 'Z') {
      letter = static_cast<char>(letter - 'A' + 'a');
    }
    if (letter == '0') {
      letter = 'o';
    }
    if (letter == '1' || letter == 'i' || letter == '|') {
      letter = 'l';
    }
    look.push_back(letter);
  }
  return look;
}

bool is_ordinary_difference(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) {
    std::swap(a, b);
  }
  std::size_t at = 0;
  while (at < a.size() && a[at] == b[at]) {
    ++at;
  }
  const char extra = b[std::min(at, b.size() - 1)];
  if (a.size() + 1 == b.size()) {
    const bool end_of_word = at + 1 >= b.size() || b[at + 1] == '_' || b[at + 1] == '-' ||
                             (b[at + 1] >= 'A' && b[at + 1] <= 'Z');
    return (extra == 's' && end_of_word) || extra == '_' || extra == '-' ||
           (extra >= '0' && extra <= '9');
  }
  const char other = a[std::min(at, a.size() - 1)];
  const auto is_sign = [](char c) {
    return (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  };
  return is_sign(extra) || is_sign(other);
}

}  // namespace merlon
