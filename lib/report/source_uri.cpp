#include "report/source_uri.h"

#include <algorithm>

namespace merlon {
namespace {

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("/-._~!$&'()*+,;=@").find(c) != std::string_view::npos;
}

}  // namespace

SourceUri make_source_uri(std::string_view file) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  if (file == "-") {
    return {.text = "stdin", .relative = true};
  }
  SourceUri uri{.text = {}, .relative = !file.starts_with('/')};
  while (uri.relative && file.starts_with("./") && file.size() > 2) {
    file.remove_prefix(2);
    file.remove_prefix(std::min(file.find_first_not_of('/'), file.size()));
  }
  if (!uri.relative) {
    uri.text = "file://";
  }
  for (const char c : file) {
    if (is_plain(c)) {
      uri.text.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    uri.text.push_back('%');
    uri.text.push_back(kDigits[byte >> 4U]);
    uri.text.push_back(kDigits[byte & 0x0FU]);
  }
  return uri;
}

}  // namespace merlon
