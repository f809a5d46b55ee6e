#pragma once
/// Texts that rule over tools which they do not define: "always call send_report before read_file".
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

namespace merlon {

/// A name that does not stand in a text by chance: of at least two words, joined by a sign or a
/// hump.
[[nodiscard]] bool is_distinctive_name(std::string_view name);

/// The first distinctive name in `text` that is somebody else's and stands in a sentence that gives
/// an order, as {first byte, after the last}. Linear in the text and in what `is_foreign` costs.
[[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find_steered_name(
    std::string_view text, const std::function<bool(std::string_view)>& is_foreign);

}  // namespace merlon
