#pragma once
/// Small, exact functions over text: UTF-8, escaping for people, ASCII case, numbers. No locale,
/// ever.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace merlon {

/// Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no overlong
/// forms), or nothing.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Decodes the code point at `offset` of well-formed UTF-8 and moves `offset` past it. U+FFFD and
/// one byte for a bad one.
[[nodiscard]] char32_t next_code_point(std::string_view text, std::size_t& offset);
void append_utf8(std::string& out, char32_t code_point);
/// Code points in well-formed UTF-8.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// For terminals and logs: control bytes, bidi controls, zero-width and tag characters, private
/// use, line separators and bad UTF-8 become `\n`, `\t`, `\u{200B}` or `\xFF`; all else stays. The
/// result is one line of printable UTF-8.
[[nodiscard]] std::string escape_for_display(std::string_view text);
/// True for what `escape_for_display` would not leave as it is.
[[nodiscard]] bool needs_escape(char32_t code_point);

/// At most `max_bytes` of `text`, cut at a code point, with `…` where something was left out.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t max_bytes);
/// A secret as it may be shown: at most its first four characters and its length, e.g. `ghp_…(40)`.
/// Short ones show none.
[[nodiscard]] std::string mask_secret(std::string_view secret);

/// `1 file`, `12 files`.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view singular);

[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
[[nodiscard]] bool is_ascii(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_unsigned(std::string_view text);
/// Shell-like glob over the whole text: `*`, `?`, `[a-z]`; no slashes treated apart. Linear time.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);
/// The nearest of `choices` within a small edit distance, for "did you mean"; empty when none is
/// near.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       const std::vector<std::string_view>& choices);
/// Optimal string alignment distance, at most `cap`+1.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t cap);

}  // namespace merlon
