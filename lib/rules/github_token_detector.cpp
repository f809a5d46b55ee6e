#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

// Tokens of GitHub end in a checksum, so that a made-up one is told from a real one.
bool is_classic(std::string_view token) {
  return has_base62_crc(token, 4);
}

constexpr std::array kGithubFormats{
    TokenFormat{"GitHub personal access token", "ghp_", TokenAlphabet::kBase62, 36, 36, is_classic},
    TokenFormat{"GitHub OAuth token", "gho_", TokenAlphabet::kBase62, 36, 36, is_classic},
    TokenFormat{"GitHub user token", "ghu_", TokenAlphabet::kBase62, 36, 36, is_classic},
    TokenFormat{"GitHub server token", "ghs_", TokenAlphabet::kBase62, 36, 36, is_classic},
    TokenFormat{"GitHub refresh token", "ghr_", TokenAlphabet::kBase62, 36, 80, nullptr},
    // 22 bytes of id, an underscore, 59 bytes; the rule of its checksum is not published.
    TokenFormat{"GitHub fine-grained token", "github_pat_", TokenAlphabet::kBase64Url, 82, 82,
                nullptr},
};

}  // namespace

void find_github_tokens(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kGithubFormats, hits);
}

}  // namespace merlon
