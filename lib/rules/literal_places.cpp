#include "rules/literal_places.h"

#include <algorithm>
#include <utility>

namespace merlon {
namespace {

constexpr std::size_t kWidestCharacter = 4;  // bytes of a code point
constexpr std::size_t kJoinedGap = 32;       // to begin a search costs more than to go on so far

bool is_inner_byte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

void intersect_windows(const std::vector<RegexPlace>& a, const std::vector<RegexPlace>& b,
                       std::vector<RegexPlace>& out) {
  out.clear();
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const std::size_t begin = std::max(a[i].begin, b[j].begin);
    const std::size_t end = std::min(a[i].end, b[j].end);
    if (begin <= end) {
      out.push_back({.begin = begin, .end = end});
    }
    a[i].end < b[j].end ? ++i : ++j;
  }
}

/// From the folded text to its source. A run of blanks is one blank there: a match may begin at any
/// of them.
RegexPlace source_window(const FoldedText& folded, std::string_view source, RegexPlace window) {
  const std::string_view text = folded.text();
  std::size_t begin = window.begin;
  while (begin > 0 && begin < text.size() && is_inner_byte(text[begin])) {
    --begin;
  }
  std::size_t next = window.end + 1;
  while (next < text.size() && is_inner_byte(text[next])) {
    ++next;
  }
  std::size_t last = next < text.size() ? folded.source_of(next) - 1 : source.size();
  while (last > 0 && last < source.size() && is_inner_byte(source[last])) {
    --last;
  }
  return {.begin = folded.source_of(begin), .end = last};
}

}  // namespace

// The windows before the literals of one set, in the folded text.
void LiteralPlaces::windows_of_set(std::uint32_t set, std::size_t width,
                                   std::vector<RegexPlace>& windows) {
  begins_.clear();
  for (const Place place : places_) {
    const PackRange owners = pack_.literals[place.literal].sets;
    const auto sets = pack_.set_list.subspan(owners.begin, owners.count);
    if (std::find(sets.begin(), sets.end(), set) != sets.end()) {
      begins_.push_back(place.begin);
    }
  }
  std::sort(begins_.begin(), begins_.end());
  windows.clear();
  for (const std::size_t literal : begins_) {
    const std::size_t begin = literal - std::min(literal, width);
    if (!windows.empty() && begin <= windows.back().end + kJoinedGap) {
      windows.back().end = literal;
    } else {
      windows.push_back({.begin = begin, .end = literal});
    }
  }
}

bool LiteralPlaces::windows(const PackMatcher& matcher, const FoldedText& folded,
                            std::string_view source, std::vector<RegexPlace>& windows) {
  if (!keeps_) {
    return false;
  }
  const std::size_t widest = folded.source_is_ascii() ? 1 : kWidestCharacter;
  bool known = false;
  for (std::uint32_t set = matcher.sets.begin; set < matcher.sets.begin + matcher.sets.count;
       ++set) {
    const std::size_t reach = pack_.sets[set].reach;
    if (reach == 0) {
      continue;
    }
    windows_of_set(set, (reach - 1) * widest, known ? of_set_ : windows);
    if (known) {
      intersect_windows(windows, of_set_, both_);
      std::swap(windows, both_);
    }
    known = true;
  }
  for (RegexPlace& window : windows) {
    window = source_window(folded, source, window);
  }
  return known;
}

}  // namespace merlon
