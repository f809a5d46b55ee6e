#pragma once
/// A place in a source file, with an excerpt of the line for messages.
#include <cstdint>
#include <string>

namespace merlon {

/// The piece of a source line around a place, raw (not escaped; writers escape). Bounded to a
/// window, so that a minified file of one line stays readable.
struct Excerpt {
  std::string before;
  std::string marked;
  std::string after;
  bool cut_left{false};   ///< the line goes on to the left of `before`
  bool cut_right{false};  ///< the line goes on to the right of `after`
};

struct Location {
  std::string
      file;  ///< as the user named it, forward slashes; "-" for standard input; empty: no place
  std::uint32_t line{0};      ///< 1-based; 0: unknown
  std::uint32_t column{0};    ///< 1-based, in Unicode code points
  std::uint32_t end_line{0};  ///< of the position after the last byte
  std::uint32_t end_column{0};
  std::uint64_t offset{0};  ///< first byte, 0-based
  std::uint64_t length{0};  ///< in bytes
  Excerpt excerpt;
};

}  // namespace merlon
