#pragma once
/// What most coded checks need: a walk over the strings of a manifest, words for messages, members
/// by key.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "rules/check.h"

namespace merlon {

/// A name as it stands in a message: in backticks, escaped, at most 60 bytes.
[[nodiscard]] std::string in_ticks(std::string_view name);

/// True for strings and keys.
[[nodiscard]] bool is_text_node(const Document& document, NodeId node);

/// True when every byte of the node's *decoded* text is certain to be ASCII: no byte above 0x7F and
/// no
/// `\u` escape in the source. Cheap; false says nothing.
[[nodiscard]] bool is_plain_ascii(const Document& document, NodeId node);

/// The text of an item's part, empty when it is absent or no string.
[[nodiscard]] std::string text_or_empty(const Document& document, NodeId node);

/// The name of a server for messages: its own, else "the server".
[[nodiscard]] std::string server_label(const Manifest& manifest, std::uint32_t server);

}  // namespace merlon
