#include "scan/secret_finder.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "scan/secret_places.h"

namespace merlon {
namespace {

/// Where rules look for secrets. Which of them a loose text is cannot be known.
constexpr std::array kSurfaces{Surface::kEnvValue, Surface::kHeaderValue, Surface::kArgument,
                               Surface::kUrl, Surface::kOther};

/// How far around a place secrets are looked for; an excerpt is much shorter.
constexpr std::size_t kExcerptReach = 4096;
constexpr std::size_t kShortestToken = 20;

bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

/// Long runs of letters and digits in both cases. In a file that cannot be read nothing says what a
/// word is for, and a token whose checksum is wrong may be a mistyped one: here a mask too many
/// does no harm.
void add_token_shapes(std::string_view text, std::size_t offset, SecretPlaces& places) {
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = begin;
    int kinds = 0;
    while (end < text.size() && is_token_char(text[end])) {
      const char c = text[end++];
      kinds |= c >= '0' && c <= '9' ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 4 : 0;
    }
    if (end - begin >= kShortestToken && kinds == 7) {
      places.add(offset + begin, offset + end);
    }
    begin = std::max(end, begin + 1);
  }
}

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
      if (rules_.rule(hit.rule).secret && hit.begin < hit.end && hit.end <= text.size()) {
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

std::vector<std::pair<std::size_t, std::size_t>> SecretFinder::find_all(std::string text) {
  std::vector<std::pair<std::size_t, std::size_t>> all;
  for (int round = 0; round < kRounds; ++round) {
    const auto ranges = find(text);
    if (ranges.empty()) {
      break;
    }
    for (const auto& [begin, end] : ranges) {
      all.emplace_back(begin, end);
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
                text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
  }
  return all;
}

void SecretFinder::mask_excerpt(const SourceText& source, Location& where) {
  const std::string_view bytes = source.bytes();
  const std::size_t at = std::min<std::size_t>(where.offset, bytes.size());
  const std::size_t begin = at - std::min(at, kExcerptReach);
  const std::string_view around = bytes.substr(begin, (at - begin) + kExcerptReach);
  SecretPlaces places;
  for (const auto& [first, last] : find_all(std::string(around))) {
    places.add(begin + first, begin + last);
  }
  add_token_shapes(around, begin, places);
  places.finish();
  places.mask(source, where);
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
