#pragma once
/// JSON (RFC 8259) into a Document, strict or with the relaxations that client configurations use.
///
/// Written here and not taken from a library because findings need the exact bytes of every key and
/// string, a 100 MB input must not become a tree of copies, and a duplicate or escaped key is a
/// finding and not silently resolved (docs/adr/0003-own-json-reader.md). tests/fuzz/fuzz_json.cpp
/// holds it against nlohmann/json.
#include <memory>

#include "base/document.h"
#include "base/limits.h"
#include "base/result.h"

namespace merlon {

enum class JsonDialect {
  kStrict,   ///< RFC 8259; a UTF-8 byte order mark at the start is skipped
  kRelaxed,  ///< comments and trailing commas as well (JSONC)
};

/// One document. Errors (`kSyntax` with the place; `kLimit` for depth and nodes): bad UTF-8,
/// unescaped control characters, bad escapes, numbers outside the grammar, trailing text, nesting
/// above `limits.json_depth`. Lone surrogate escapes are accepted (they decode to U+FFFD and are
/// found by a check). Does not recurse.
[[nodiscard]] Result<Document> parse_json(std::shared_ptr<const SourceText> source,
                                          JsonDialect dialect, const Limits& limits);

/// JSON lines: one strict document a line, blank lines skipped. The root is an array flagged
/// kNodeLines.
[[nodiscard]] Result<Document> parse_json_lines(std::shared_ptr<const SourceText> source,
                                                const Limits& limits);

}  // namespace merlon
