#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

constexpr std::array kGoogleFormats{
    TokenFormat{"Google API key", "AIza", TokenAlphabet::kBase64Url, 35, 35},
    TokenFormat{"Google OAuth client secret", "GOCSPX-", TokenAlphabet::kBase64Url, 28, 28},
    TokenFormat{"Google OAuth access token", "ya29.", TokenAlphabet::kBase64Url, 60, 1024},
    TokenFormat{"Google OAuth refresh token", "1//0", TokenAlphabet::kBase64Url, 60, 120},
};

}  // namespace

void find_google_keys(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kGoogleFormats, hits);
}

}  // namespace merlon
