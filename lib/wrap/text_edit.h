#pragma once
/// Edits of a text by place: what the readers of configurations say where a value stands becomes a
/// new text in which everything else is as it was.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace merlon {

/// The bytes [begin, end) become `text`.
struct TextEdit {
  std::uint64_t begin{0};
  std::uint64_t end{0};
  std::string text;
  friend bool operator==(const TextEdit&, const TextEdit&) = default;
};

/// The edits in any order. `kFormat` when two of them overlap or one lies outside of the text.
[[nodiscard]] Result<std::string> apply_edits(std::string_view text, std::vector<TextEdit> edits);

}  // namespace merlon
