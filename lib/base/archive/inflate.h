#pragma once
/// Unpacks gzip and zlib data to a bound. Door to zlib.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

/// True for the first bytes of a gzip or zlib stream.
[[nodiscard]] bool looks_deflated(std::string_view bytes);
/// At most `max_bytes` of what `bytes` unpack to (a longer stream is cut there); nothing when they
/// are not gzip or zlib data or are damaged before the first byte. Pure.
[[nodiscard]] std::optional<std::string> inflate_prefix(std::string_view bytes,
                                                        std::size_t max_bytes);

}  // namespace merlon
