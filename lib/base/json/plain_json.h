#pragma once
/// A quick yes for JSON that needs not be read, only be JSON.
///
///   if (is_plain_json_object(bytes)) { ... it is JSON; parse_json() would say so, too ... }
///   else { ... it may be all the same: parse_json() knows, and says where it is none ... }
///
/// Four times as fast as a Document is made. Pure; safe from many threads.
#include <string_view>

namespace merlon {

inline constexpr unsigned kMostPlainDepth = 32;

/// True when `bytes` are one JSON object without blanks, whose strings are printable ASCII without
/// escapes, whose numbers are whole ones, and which nests kMostPlainDepth levels at most. False
/// says nothing.
[[nodiscard]] bool is_plain_json_object(std::string_view bytes);

}  // namespace merlon
