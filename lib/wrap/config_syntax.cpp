#include "wrap/config_syntax.h"

#include <array>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "manifest/syntax.h"

namespace merlon {
namespace {

/// `\u00e9` or `\U000e0041`: TOML and YAML have no pairs of surrogates.
void append_unicode_escape(std::string& out, char32_t code_point) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const bool wide = code_point > 0xFFFF;
  out.append(wide ? "\\U" : "\\u");
  for (int shift = wide ? 28 : 12; shift >= 0; shift -= 4) {
    out.push_back(kDigits[(static_cast<std::uint32_t>(code_point) >> shift) & 0xFU]);
  }
}

}  // namespace

std::optional<ConfigSyntax> config_syntax_of(std::string_view bytes) {
  switch (detect_syntax(bytes)) {
    case Syntax::kJson: return ConfigSyntax::kJson;
    case Syntax::kToml: return ConfigSyntax::kToml;
    case Syntax::kYaml: return ConfigSyntax::kYaml;
    case Syntax::kEmpty:
    case Syntax::kUnknown:
    case Syntax::kUtf16:
    case Syntax::kMarkdown: return std::nullopt;
  }
  return std::nullopt;
}

std::string quoted_in(ConfigSyntax syntax, std::string_view text) {
  std::string out;
  if (syntax == ConfigSyntax::kJson) {
    append_json_string(out, text);
    return out;
  }
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code_point = next_code_point(text, at);
    if (code_point == '"' || code_point == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(code_point));
    } else if (needs_escape(code_point)) {
      append_unicode_escape(out, code_point);
    } else {
      append_utf8(out, code_point);
    }
  }
  out.push_back('"');
  return out;
}

}  // namespace merlon
