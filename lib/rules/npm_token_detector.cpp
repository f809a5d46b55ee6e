#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// The same checksum as GitHub's.
bool is_npm(std::string_view token) {
  return has_base62_crc(token, 4);
}

constexpr std::array kNpmFormats{
    TokenFormat{"npm access token", "npm_", TokenAlphabet::kBase62, 36, 36, is_npm},
};

}  // namespace

void find_npm_tokens(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kNpmFormats, hits);
}

}  // namespace merlon
