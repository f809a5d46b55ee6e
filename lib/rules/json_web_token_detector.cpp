#include <algorithm>
#include <string>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestToken = 8192;

bool is_body(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '_';
}

std::size_t body_end(std::string_view text, std::size_t at) {
  const std::size_t last = std::min(text.size(), at + kLongestToken);
  while (at < last && is_body(text[at])) {
    ++at;
  }
  return at;
}

}  // namespace

// Three parts of base64url with dots between; the first is JSON that names an algorithm, the second
// is JSON as well, and the signature is there (an example often ends in `...`).
void find_json_web_tokens(std::string_view text, DetectorHits& hits) {
  for (std::size_t at = text.find("eyJ"); at != std::string_view::npos;) {
    const std::size_t head = body_end(text, at);
    std::size_t next = head;
    if (head < text.size() && text[head] == '.') {
      const std::size_t claims = body_end(text, head + 1);
      next = claims;
      if (claims < text.size() && text[claims] == '.') {
        const std::size_t end = body_end(text, claims + 1);
        next = end;
        const std::string header = decode_base64_lenient(text.substr(at, head - at));
        const std::string payload = decode_base64_lenient(text.substr(head + 1, claims - head - 1));
        if (header.find("\"alg\":") != std::string::npos && payload.starts_with('{') &&
            end - claims > 20 && payload.find("John Doe") == std::string::npos) {
          hits.push_back({.begin = at, .end = end, .what = "JSON web token"});
        }
      }
    }
    at = text.find("eyJ", next + (next == at ? 1 : 0));
  }
}

}  // namespace merlon
