#include <algorithm>

#include "rules/detector_functions.h"

namespace merlon {
namespace {

// The whole block where its end is near; else the marker and what follows on it.
constexpr std::size_t kLongestKeyText = 16384;
constexpr std::size_t kShortestBody = 40;

}  // namespace

void find_private_keys(std::string_view text, DetectorHits& hits) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kName = "PRIVATE KEY";
  std::size_t from = 0;
  for (std::size_t at = text.find(kBegin); at != std::string_view::npos;
       at = text.find(kBegin, from)) {
    from = at + kBegin.size();
    const std::string_view line = text.substr(at, 64);
    const std::size_t name = line.find(kName);
    if (name == std::string_view::npos ||
        line.substr(kBegin.size(), name).find('-') < name - kBegin.size()) {
      continue;
    }
    const std::size_t body = at + name + kName.size();
    std::size_t end = text.substr(body, kLongestKeyText).find("-----END ");
    end =
        end == std::string_view::npos ? std::min(text.size(), body + kLongestKeyText) : body + end;
    // `-----BEGIN PRIVATE KEY-----...` is how documentation writes it; a key has a body.
    std::size_t digits = 0;
    for (const char c : text.substr(body, end - body)) {
      if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
        ++digits;
      }
    }
    from = end;
    if (digits >= kShortestBody) {
      hits.push_back({.begin = at, .end = end, .what = "private key"});
    }
  }
}

}  // namespace merlon
