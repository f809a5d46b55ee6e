#pragma once
/// What a line of a description is: a section header (`Args:`), a parameter (`path (str): where`),
/// a list item.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace merlon {

enum class TextSection : std::uint8_t { kNone, kArguments, kReturns, kExample, kNote };

struct SectionHeader {
  TextSection section{TextSection::kNote};
  std::size_t rest{0};  ///< where the text after the colon begins
};

/// `Returns: ...`, `### Example usage: ...`; the colon stands within 30 letters of the word.
[[nodiscard]] std::optional<SectionHeader> read_header(std::u32string_view line);
/// A name, perhaps a type in brackets, and a colon, dash or equals sign with something behind.
[[nodiscard]] bool is_parameter(std::u32string_view line);
/// Letters of a bullet or number with the blanks behind it; 0 for none.
[[nodiscard]] std::size_t bullet_length(std::u32string_view line);
[[nodiscard]] bool is_item(std::u32string_view line);
/// `e.g`, `etc`, a single letter: a full stop behind it ends no sentence.
[[nodiscard]] bool ends_in_abbreviation(std::u32string_view before);

}  // namespace merlon
