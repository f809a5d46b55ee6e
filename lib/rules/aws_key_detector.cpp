#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// The sixteen bytes are base32, so 0, 1, 8 and 9 never occur; AWS's own examples end in EXAMPLE.
bool is_key_id(std::string_view token) {
  return token.find_first_of("0189", 4) == std::string_view::npos && !token.ends_with("EXAMPLE");
}

constexpr std::array kAwsFormats{
    TokenFormat{"AWS access key", "AKIA", TokenAlphabet::kUpperDigit, 16, 16, is_key_id},
    TokenFormat{"AWS temporary key", "ASIA", TokenAlphabet::kUpperDigit, 16, 16, is_key_id},
};

}  // namespace

void find_aws_keys(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kAwsFormats, hits);
}

}  // namespace merlon
