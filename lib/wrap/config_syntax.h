#pragma once
/// The syntaxes in which people write configurations of clients, as far as new text has to be
/// written in them.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace merlon {

enum class ConfigSyntax : std::uint8_t {
  kJson,  ///< also with comments and trailing commas
  kToml,
  kYaml,
};

/// By content; nothing for what is none of them.
[[nodiscard]] std::optional<ConfigSyntax> config_syntax_of(std::string_view bytes);

/// `text` as a quoted string on one line. Any bytes may be given; bad UTF-8 becomes U+FFFD.
[[nodiscard]] std::string quoted_in(ConfigSyntax syntax, std::string_view text);

}  // namespace merlon
