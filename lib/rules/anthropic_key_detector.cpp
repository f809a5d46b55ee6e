#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

constexpr std::array kAnthropicFormats{
    TokenFormat{"Anthropic API key", "sk-ant-api03-", TokenAlphabet::kBase64Url, 80, 120},
    TokenFormat{"Anthropic admin key", "sk-ant-admin01-", TokenAlphabet::kBase64Url, 80, 120},
    TokenFormat{"Anthropic OAuth token", "sk-ant-oat01-", TokenAlphabet::kBase64Url, 60, 120},
};

}  // namespace

void find_anthropic_keys(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kAnthropicFormats, hits);
}

}  // namespace merlon
