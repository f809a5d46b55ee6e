#pragma once
/// Markdown that starts with a YAML front matter: SKILL.md, agents, commands.
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"

namespace merlon {

struct FrontMatter {
  std::size_t yaml_begin{0};  ///< after the line `---`
  std::size_t yaml_end{0};    ///< start of the closing line
  std::size_t body_begin{0};  ///< after the closing line
};

/// Nothing when the text does not start with a line `---`, or no later line is `---` or `...`.
[[nodiscard]] std::optional<FrontMatter> find_front_matter(std::string_view text);

/// The front matter as an object, and the text after it as its last member `body`, at its exact
/// place. A text without front matter is all body. Errors: those of parse_yaml, and `kFormat` for a
/// front matter that is no mapping.
[[nodiscard]] Result<Document> parse_markdown(const std::shared_ptr<const SourceText>& source,
                                              const Limits& limits);

/// All of the text as the body, for when its front matter cannot be read. `source` is valid UTF-8.
[[nodiscard]] Document markdown_without_front_matter(
    const std::shared_ptr<const SourceText>& source);

}  // namespace merlon
