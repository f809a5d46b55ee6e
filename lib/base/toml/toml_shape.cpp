#include "base/toml/toml_shape.h"

#include <algorithm>

namespace merlon {
namespace {

std::size_t skip_line(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

// From an opening quote to after the closing one; a one-line string that does not end stops at the
// line's end.
std::size_t skip_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool escapes = quote == '"';
  const bool multi = at + 2 < text.size() && text[at + 1] == quote && text[at + 2] == quote;
  for (at += multi ? 3 : 1; at < text.size(); ++at) {
    const char c = text[at];
    if (escapes && c == '\\') {
      ++at;
    } else if (!multi && c == '\n') {
      return at;
    } else if (c == quote && !multi) {
      return at + 1;
    } else if (c == quote && at + 2 < text.size() && text[at + 1] == quote &&
               text[at + 2] == quote) {
      return at + 3;
    }
  }
  return text.size();
}

}  // namespace

TomlShape measure_toml(std::string_view text) {
  TomlShape shape;
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = skip_string(text, at);
      continue;
    }
    if (c == '#') {
      at = skip_line(text, at);
      continue;
    }
    if (c == '.') {
      ++shape.searched;
      if (++dots > shape.deepest_key) {
        shape.deepest_key = dots;
        shape.deepest_offset = at;
      }
    } else if (c == '\n' || c == '=' || c == ',' || c == '[' || c == '{') {
      dots = 0;
      if (c == '[' && at > 0 && text[at - 1] == '[') {
        ++shape.searched;
      }
    }
    ++at;
  }
  return shape;
}

}  // namespace merlon
