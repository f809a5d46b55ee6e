#include "rules/steering.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kShortestName = 8;
constexpr std::size_t kLongestShadowed = 64;
constexpr std::size_t kSentence = 240;

bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         c == '-';
}

// The sentence around [begin, end), at most kSentence bytes to each side.
std::string sentence_around(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t first = begin;
  while (first > 0 && begin - first < kSentence && text[first - 1] != '\n' &&
         text[first - 1] != '.' && text[first - 1] != '!') {
    --first;
  }
  std::size_t last = end;
  while (last < text.size() && last - end < kSentence && text[last] != '\n' && text[last] != '.' &&
         text[last] != '!') {
    ++last;
  }
  return to_lower_ascii(text.substr(first, last - first));
}

// Words by which a text rules over a tool that it does not define.
bool is_directive(std::string_view sentence) {
  constexpr std::array<std::string_view, 18> kWords{
      "always",       "never",           " must ",        "do not ",      "don't ",
      "whenever",     "instead of",      "override",      "replaces",     "before calling",
      "before using", "before invoking", "after calling", "make sure to", "is deprecated",
      "is unsafe",    "is compromised",  "also pass"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return sentence.find(word) != std::string_view::npos;
  });
}

}  // namespace

bool is_distinctive_name(std::string_view name) {
  if (name.size() < kShortestName || name.size() > kLongestShadowed) {
    return false;
  }
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (name[i] == '_') {
      return true;
    }
    if (name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a' && name[i - 1] <= 'z') {
      return true;
    }
  }
  return false;
}

std::optional<std::pair<std::size_t, std::size_t>> find_steered_name(
    std::string_view text, const std::function<bool(std::string_view)>& is_foreign) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_name_char(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_name_char(text[end])) {
      ++end;
    }
    const std::string_view word = text.substr(at, end - at);
    if (is_distinctive_name(word) && is_foreign(word) &&
        is_directive(sentence_around(text, at, end))) {
      return std::pair{at, end};
    }
    at = end;
  }
  return std::nullopt;
}

}  // namespace merlon
