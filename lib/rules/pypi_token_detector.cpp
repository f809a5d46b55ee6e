#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// A macaroon for pypi.org or test.pypi.org, in base64url; its head is always the same.
constexpr std::array kPypiFormats{
    TokenFormat{"PyPI token", "pypi-AgEIcHlwaS5vcmc", TokenAlphabet::kBase64Url, 50, 1000},
    TokenFormat{"TestPyPI token", "pypi-AgENdGVzdC5weXBpLm9yZw", TokenAlphabet::kBase64Url, 50,
                1000},
};

}  // namespace

void find_pypi_tokens(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kPypiFormats, hits);
}

}  // namespace merlon
