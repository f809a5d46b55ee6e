#include "base/xml_text.h"

#include "base/text.h"

namespace merlon {

std::string xml_text(std::string_view text) {
  std::string out;
  const std::string display = escape_for_display(text);
  out.reserve(display.size());
  for (std::size_t at = 0; at < display.size();) {
    const std::size_t begin = at;
    const char32_t code_point = next_code_point(display, at);
    switch (code_point) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      case 0xFFFE:
      case 0xFFFF: out += code_point == 0xFFFE ? "\\u{FFFE}" : "\\u{FFFF}"; break;
      default: out.append(display, begin, at - begin); break;
    }
  }
  return out;
}

}  // namespace merlon
