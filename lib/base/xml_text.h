#pragma once
/// Texts in XML 1.0 (section 2.2 says which characters it has).
#include <string>
#include <string_view>

namespace merlon {

/// `text` for an attribute's value or between tags. What XML cannot hold, not even as a reference,
/// is written as `escape_for_display` does (`\u{0008}`, `\u{FFFE}`). Never fails.
[[nodiscard]] std::string xml_text(std::string_view text);

}  // namespace merlon
