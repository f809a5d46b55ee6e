#pragma once
/// The one spelling of a JSON value (RFC 8785, "JCS"), whatever its source looked like: what
/// digests are made of.
///
///   MERLON_TRY(const std::string text, canonical_json(document, tool));
///   const std::string digest = sha256_hex(text);
///
/// Members are sorted by the UTF-16 code units of their keys, numbers are written as ECMAScript
/// does, strings with the fewest escapes. Errors (`kFormat`, with the place) for what has no
/// canonical form: a key that an object has twice, a number beyond the range of a double, a lone
/// surrogate. Does not recurse; pure; safe from many threads.
#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"

namespace merlon {

[[nodiscard]] Result<std::string> canonical_json(const Document& document, NodeId node);

/// The same order and numbers, laid out for people and line-by-line diffs: two blanks of indent,
/// one member or element a line, invisible and control characters as \u escapes. Lines after the
/// first start with `indent` more blanks.
[[nodiscard]] Result<std::string> canonical_json_lines(const Document& document, NodeId node,
                                                       std::size_t indent);

/// The order of RFC 8785: by UTF-16 code units of well-formed UTF-8.
[[nodiscard]] bool less_utf16(std::string_view a, std::string_view b);

/// A finite number as ECMAScript's Number::toString gives it: 1e+21, 0.000001, 1e-7, 0 for minus
/// zero.
[[nodiscard]] std::string ecmascript_number(double value);

}  // namespace merlon
