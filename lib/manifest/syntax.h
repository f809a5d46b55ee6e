#pragma once
/// Which syntax a text has, by its content: names say nothing.
#include <memory>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"

namespace merlon {

enum class Syntax {
  kEmpty,     ///< nothing but blanks and comments
  kUnknown,   ///< prose, code, binary data
  kUtf16,     ///< what some editors save by default; not read
  kJson,      ///< JSON, JSON with comments, or JSON lines
  kMarkdown,  ///< starts with a front matter that ends; may also be a YAML stream
  kToml,
  kYaml,
};

/// Looks at the first line that says something. Cheap, and never wrong about what is empty or
/// starts like JSON.
[[nodiscard]] Syntax detect_syntax(std::string_view bytes);

/// JSON of any kind: strict, else one document a line, else with comments and trailing commas. When
/// none fits, the error of the one that came farthest.
[[nodiscard]] Result<Document> parse_json_of_any_kind(
    const std::shared_ptr<const SourceText>& source, const Limits& limits);

}  // namespace merlon
