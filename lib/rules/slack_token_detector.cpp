#include <algorithm>
#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// xoxb-<team>-<bot>-<secret>: numbers, then a random part. `xoxb-your-token` has none.
bool has_numbers(std::string_view token) {
  const std::size_t dash = token.find('-');
  return dash != std::string_view::npos && dash + 9 < token.size() &&
         std::all_of(token.begin() + static_cast<std::ptrdiff_t>(dash) + 1,
                     token.begin() + static_cast<std::ptrdiff_t>(dash) + 9,
                     [](char c) { return c >= '0' && c <= '9'; });
}

constexpr std::array kSlackFormats{
    TokenFormat{"Slack bot token", "xoxb-", TokenAlphabet::kBase64Url, 30, 120, has_numbers},
    TokenFormat{"Slack user token", "xoxp-", TokenAlphabet::kBase64Url, 40, 160, has_numbers},
    TokenFormat{"Slack workspace token", "xoxa-", TokenAlphabet::kBase64Url, 30, 160, nullptr},
    TokenFormat{"Slack refresh token", "xoxe-", TokenAlphabet::kBase64Url, 40, 400, nullptr},
    TokenFormat{"Slack session token", "xoxs-", TokenAlphabet::kBase64Url, 30, 160, has_numbers},
    TokenFormat{"Slack app token", "xapp-1-", TokenAlphabet::kBase64Url, 60, 200, nullptr},
};

}  // namespace

void find_slack_tokens(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kSlackFormats, hits);
}

}  // namespace merlon
