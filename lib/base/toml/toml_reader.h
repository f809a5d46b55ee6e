#pragma once
/// TOML 1.0 into a Document, with the exact place of every key and value.
///
///   MERLON_TRY(Document doc, parse_toml(source, limits));
///   auto servers = doc.find(doc.root(), "mcp_servers", NodeKind::kObject);
///
/// The members of a table are in the order in which their keys first stand in the file. A table
/// made by a `[header]` has the bytes of that header as its own; an inline table and an array have
/// theirs. Dates and times are strings that hold their source text; numbers, `inf` and `nan`
/// included, are kNumber with their source text.
#include <memory>

#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"

namespace merlon {

/// Errors with a place: `kSyntax` for what TOML refuses (duplicate keys are among it) and for bad
/// UTF-8; `kLimit` above `limits.toml_bytes`, `limits.json_depth`, `limits.json_nodes`, and above
/// 50,000 dots of keys and `[[` headers, because the library's time for them is quadratic. Never
/// throws. Safe to call from many threads.
[[nodiscard]] Result<Document> parse_toml(std::shared_ptr<const SourceText> source,
                                          const Limits& limits);

}  // namespace merlon
