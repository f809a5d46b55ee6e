#pragma once
/// A look at a TOML text before the library parses it. toml++ bounds nested values, but makes a
/// nested table per dot of a key without a bound (and takes them down recursively), and searches
/// its lists of such tables one by one.
#include <cstddef>
#include <string_view>

namespace merlon {

struct TomlShape {
  std::size_t deepest_key{0};     ///< dots of the longest dotted key
  std::size_t deepest_offset{0};  ///< the dot that made it the longest
  std::size_t searched{0};        ///< dots outside strings and comments, and `[[`
};

/// Linear time; gives figures for any bytes, valid TOML or not.
[[nodiscard]] TomlShape measure_toml(std::string_view text);

}  // namespace merlon
