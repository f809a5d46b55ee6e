#pragma once
/// The id of a line that is no message, so that who waits for its answer can be told.
#include <string>
#include <string_view>

namespace merlon {

/// The bytes of the one plain `id` (a string or an integer) of a JSON object; `null`, as JSON-RPC
/// 2.0 section 5 has it, where there is none, or more than one, or it cannot be told. Bounded by
/// depth and nodes as parse_message() is by default; safe from many threads.
[[nodiscard]] std::string lost_id(std::string_view line);

}  // namespace merlon
