#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// Every key of OpenAI has these bytes ("OpenAI" in base64) in its middle.
bool has_marker(std::string_view token) {
  return token.find("T3BlbkFJ") != std::string_view::npos;
}

constexpr std::array kOpenaiFormats{
    TokenFormat{"OpenAI project key", "sk-proj-", TokenAlphabet::kBase64Url, 40, 200, has_marker},
    TokenFormat{"OpenAI service key", "sk-svcacct-", TokenAlphabet::kBase64Url, 40, 200,
                has_marker},
    TokenFormat{"OpenAI admin key", "sk-admin-", TokenAlphabet::kBase64Url, 40, 200, has_marker},
    TokenFormat{"OpenAI key", "sk-", TokenAlphabet::kBase62, 48, 48, has_marker},
};

}  // namespace

void find_openai_keys(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kOpenaiFormats, hits);
}

}  // namespace merlon
