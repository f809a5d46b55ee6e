#pragma once
/// The structure of an output with all of its content taken out, read by the rules of its format
/// (CommonMark code spans, XML 1.0 well-formedness, ...), independently of the writers. Two outputs
/// with one skeleton differ in content only.
#include <string>
#include <string_view>

namespace merlon::test {

/// `text` when the format is broken: then the answer is "broken: ..." with the reason.
[[nodiscard]] std::string skeleton(std::string_view format, const std::string& output);

/// The first character of `output` (but for line feeds) that a terminal may act on, as hex; empty
/// when there is none.
[[nodiscard]] std::string first_unprintable(std::string_view output);

}  // namespace merlon::test
