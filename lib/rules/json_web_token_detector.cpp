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

/// Three parts of base64url with dots between, or what there is of them.
struct TokenParts {
  std::size_t head{0};
  std::size_t claims{0};
  std::size_t end{0};  ///< of the last part that is there
  bool whole{false};
};

TokenParts token_parts(std::string_view text, std::size_t at) {
  const auto dot_at = [&](std::size_t place) { return place < text.size() && text[place] == '.'; };
  TokenParts parts;
  parts.head = parts.end = body_end(text, at);
  if (!dot_at(parts.head)) {
    return parts;
  }
  parts.claims = parts.end = body_end(text, parts.head + 1);
  if (!dot_at(parts.claims)) {
    return parts;
  }
  parts.end = body_end(text, parts.claims + 1);
  parts.whole = true;
  return parts;
}

bool looks_issued(std::string_view text, std::size_t at, const TokenParts& parts) {
  constexpr std::size_t kShortestSignature = 21;
  const std::string header = decode_base64_lenient(text.substr(at, parts.head - at));
  const std::string payload =
      decode_base64_lenient(text.substr(parts.head + 1, parts.claims - parts.head - 1));
  return header.find("\"alg\":") != std::string::npos && payload.starts_with('{') &&
         parts.end - parts.claims >= kShortestSignature &&
         payload.find("John Doe") == std::string::npos;
}

}  // namespace

// Three parts of base64url with dots between; the first is JSON that names an algorithm, the second
// is JSON as well, and the signature is there (an example often ends in `...`).
void find_json_web_tokens(std::string_view text, DetectorHits& hits) {
  for (std::size_t at = text.find("eyJ"); at != std::string_view::npos;) {
    const TokenParts parts = token_parts(text, at);
    if (parts.whole && looks_issued(text, at, parts)) {
      hits.push_back({.begin = at, .end = parts.end, .what = "JSON web token"});
    }
    at = text.find("eyJ", parts.end + (parts.end == at ? 1 : 0));
  }
}

}  // namespace merlon
