#include <array>

#include "rules/detector_functions.h"
#include "rules/token_format.h"

namespace merlon {
namespace {

constexpr std::array kGitlabFormats{
    TokenFormat{"GitLab personal access token", "glpat-", TokenAlphabet::kDotted, 20, 64},
    TokenFormat{"GitLab deploy token", "gldt-", TokenAlphabet::kDotted, 20, 64},
    TokenFormat{"GitLab runner token", "glrt-", TokenAlphabet::kDotted, 20, 64},
    TokenFormat{"GitLab trigger token", "glptt-", TokenAlphabet::kDotted, 40, 64},
};

}  // namespace

void find_gitlab_tokens(std::string_view text, DetectorHits& hits) {
  find_tokens(text, kGitlabFormats, hits);
}

}  // namespace merlon
