#pragma once
/// Tells values that stand for a secret from secrets: `${TOKEN}`, `your-api-key`, `xxxx`,
/// `changeme`.
///
/// Pure functions; safe from many threads; linear in the text.
#include <string_view>

namespace merlon {

/// True for references to a variable, an input or a secret store, for words that say "put it here",
/// and for values without variety (`xxxxxxxx`, `1234567890`, `abcdefgh`).
[[nodiscard]] bool is_placeholder(std::string_view value);

/// Bits of Shannon entropy per byte; 0 for an empty text.
[[nodiscard]] double entropy_per_byte(std::string_view text);

/// True when a value has the variety of something that a machine made: long enough, entropy above
/// that of words, more than one class of characters, and no placeholder.
[[nodiscard]] bool looks_random(std::string_view value);

}  // namespace merlon
