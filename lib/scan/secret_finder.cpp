#include "scan/secret_finder.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace merlon {
namespace {

/// Where rules look for secrets. Which of them a loose text is cannot be known.
constexpr std::array kSurfaces{Surface::kEnvValue, Surface::kHeaderValue, Surface::kArgument,
                               Surface::kUrl, Surface::kOther};

}  // namespace

SecretFinder::SecretFinder(const CompiledRules& rules, const Limits& limits)
    : rules_(rules), state_(rules, limits) {}

std::vector<std::pair<std::size_t, std::size_t>> SecretFinder::find(std::string_view text) {
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  std::vector<RuleHit> hits;
  for (const Surface surface : kSurfaces) {
    hits.clear();
    state_.match(surface, text, hits);
    for (const RuleHit& hit : hits) {
      if (rules_.rules()[hit.rule].secret && hit.begin < hit.end && hit.end <= text.size()) {
        ranges.emplace_back(hit.begin, hit.end);
      }
    }
  }
  std::sort(ranges.begin(), ranges.end());
  std::vector<std::pair<std::size_t, std::size_t>> merged;
  for (const auto& range : ranges) {
    if (!merged.empty() && range.first <= merged.back().second) {
      merged.back().second = std::max(merged.back().second, range.second);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

std::string SecretFinder::mask(std::string_view text) {
  std::string out(text);
  for (int round = 0; round < kRounds; ++round) {
    const auto ranges = find(out);
    if (ranges.empty()) {
      return out;
    }
    std::string next;
    std::size_t at = 0;
    for (const auto& [begin, end] : ranges) {
      next.append(out, at, begin - at)
          .append(mask_secret(std::string_view(out).substr(begin, end - begin)));
      at = end;
    }
    next.append(out, at);
    if (next == out) {
      return out;  // what is left is a mask that looks like a secret
    }
    out = std::move(next);
  }
  return mask_secret(text);
}

}  // namespace merlon
