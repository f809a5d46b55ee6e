#include "base/percent_decode.h"

#include <optional>

namespace merlon {
namespace {

std::optional<unsigned> percent_digit(char c) {
  if (c >= '0' && c <= '9') {
    return static_cast<unsigned>(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return static_cast<unsigned>(c - 'a') + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return static_cast<unsigned>(c - 'A') + 10;
  }
  return std::nullopt;
}

}  // namespace

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '%' && at + 2 < text.size()) {
      const auto high = percent_digit(text[at + 1]);
      const auto low = percent_digit(text[at + 2]);
      if (high && low) {
        out += static_cast<char>((*high << 4U) | *low);
        at += 2;
        continue;
      }
    }
    out += text[at];
  }
  return out;
}

}  // namespace merlon
