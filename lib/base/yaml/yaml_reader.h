#pragma once
/// YAML into Documents, one per document of the stream, with the exact place of every key and
/// value.
///
///   MERLON_TRY(std::vector<Document> documents, parse_yaml(source, limits));
///
/// - Aliases are expanded: the copy stands under its own pointer and keeps the place of the
/// original. What expansion may
///   make is bounded by `limits.yaml_nodes` and, in bytes of text, by `limits.toml_bytes`.
/// - `<<` merges mappings: members that the mapping lacks are added at its end; the value of `<<`
/// itself stays as the
///   text of its aliases.
/// - A key that a mapping already has is flagged kNodeDuplicate, not refused.
/// - Plain scalars: `true`, `false`, `null`, `~`, nothing, and JSON-like numbers have their kind
/// (`True` and `TRUE` too);
///   everything else, `yes` and `off` included, is a string. Tags are ignored but for `!!str`.
#include <memory>
#include <vector>

#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"

namespace merlon {

/// An empty stream gives no document. Errors with a place: `kSyntax` (libyaml's message, bad UTF-8,
/// an unknown alias, one inside its own anchor, a key that is not a scalar) and `kLimit`
/// (`toml_bytes`, `yaml_nodes`, `json_depth`, and 1,000
/// `%TAG` directives, whose check is quadratic in the library). Never throws; safe to call from
/// many threads.
[[nodiscard]] Result<std::vector<Document>> parse_yaml(std::shared_ptr<const SourceText> source,
                                                       const Limits& limits);

/// The same for a part of the source, such as the front matter of a Markdown file; places are those
/// in the whole source. `begin` must be the start of a line.
[[nodiscard]] Result<std::vector<Document>> parse_yaml_part(
    std::shared_ptr<const SourceText> source, std::size_t begin, std::size_t length,
    const Limits& limits);

}  // namespace merlon
