#pragma once
/// Letters that look like ASCII letters. A compact table of our own: the letters that attacks use,
/// not all of Unicode's confusables, many of which only look alike in one font.

namespace merlon {

/// The ASCII letter that `c` looks like, or 0. ASCII itself is not in the table.
[[nodiscard]] char latin_lookalike(char32_t c);

}  // namespace merlon
