#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// patXXXXXXXXXXXXXX.<64 hexadecimal digits>
bool is_airtable(std::string_view token) {
  return token.size() == 82 && token[17] == '.' &&
         token.find_first_not_of("0123456789abcdef", 18) == std::string_view::npos;
}

// Prefixes that their makers publish so that leaked tokens can be found.
constexpr std::array kProviderFormats{
    TokenFormat{"Airtable token", "pat", TokenAlphabet::kDotted, 79, 79, is_airtable},
    TokenFormat{"Atlassian API token", "ATATT3", TokenAlphabet::kBase64Url, 100, 250},
    TokenFormat{"Databricks token", "dapi", TokenAlphabet::kHex, 32, 32},
    TokenFormat{"DigitalOcean token", "dop_v1_", TokenAlphabet::kHex, 64, 64},
    TokenFormat{"Doppler token", "dp.pt.", TokenAlphabet::kBase62, 40, 44},
    TokenFormat{"Figma token", "figd_", TokenAlphabet::kBase64Url, 36, 60},
    TokenFormat{"Firecrawl key", "fc-", TokenAlphabet::kHex, 32, 32},
    TokenFormat{"Grafana token", "glsa_", TokenAlphabet::kBase64Url, 40, 46},
    TokenFormat{"Groq key", "gsk_", TokenAlphabet::kBase62, 48, 56},
    TokenFormat{"Heroku key", "HRKU-", TokenAlphabet::kBase64Url, 36, 64},
    TokenFormat{"Hugging Face token", "hf_", TokenAlphabet::kBase62, 34, 40},
    TokenFormat{"Linear key", "lin_api_", TokenAlphabet::kBase62, 40, 40},
    TokenFormat{"New Relic key", "NRAK-", TokenAlphabet::kUpperDigit, 27, 27},
    TokenFormat{"Notion token", "ntn_", TokenAlphabet::kBase62, 44, 50},
    TokenFormat{"Perplexity key", "pplx-", TokenAlphabet::kBase62, 40, 60},
    TokenFormat{"Postman key", "PMAK-", TokenAlphabet::kBase64Url, 55, 64},
    TokenFormat{"Replicate token", "r8_", TokenAlphabet::kBase62, 37, 40},
    TokenFormat{"SendGrid key", "SG.", TokenAlphabet::kDotted, 60, 70},
    TokenFormat{"Sentry token", "sntryu_", TokenAlphabet::kHex, 64, 64},
    TokenFormat{"Shopify token", "shpat_", TokenAlphabet::kHex, 32, 32},
    TokenFormat{"Supabase token", "sbp_", TokenAlphabet::kHex, 40, 40},
    TokenFormat{"Tavily key", "tvly-", TokenAlphabet::kBase64Url, 32, 64},
    TokenFormat{"Vault token", "hvs.", TokenAlphabet::kBase64Url, 80, 130},
    TokenFormat{"xAI key", "xai-", TokenAlphabet::kBase62, 70, 90},
};

}  // namespace

void find_provider_tokens(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kProviderFormats, hits);
}

}  // namespace merlon
