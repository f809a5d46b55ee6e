#pragma once
/// Regular expressions of ECMA-262 (with the `u` flag, as JSON Schema recommends) in the language
/// of base/regex.
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

/// `$` becomes the very end, `\d`, `\w` and `\s` the sets of ECMA-262, `.` leaves its four line
/// ends out, `\u....` and `\u{...}` become code points, `[]` and `[^]` mean nothing and anything,
/// long names of general categories their short ones, and case counts. Nothing for what ECMA-262
/// does not have and PCRE2 does (verbs, recursion, comments, inline flags, callouts, `\Q`, `\K`,
/// `\G`, possessive quantifiers): a pattern is not to reach PCRE2 with another meaning.
///
/// Differences that stay: `\b` and `\B` use Unicode's letters; `\S`, `\W`, `\D` inside brackets use
/// Unicode's sets; a quantified lookahead is taken as PCRE2 takes it.
[[nodiscard]] std::optional<std::string> translate_ecma_pattern(std::string_view pattern);

}  // namespace merlon
