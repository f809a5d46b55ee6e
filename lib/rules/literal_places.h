#pragma once
/// Where the prefilter's literals stand in the reading at hand, and from them where matches of a
/// pattern can begin at all. In a long text of ordinary words that saves most of a search.
///
///   places.start(text.size() >= LiteralPlaces::kWorthwhile);
///   places.add(literal, begin);                    // of each that stands in the folded text
///   std::vector<RegexPlace> windows;
///   if (places.windows(matcher, folded, text, windows)) { ... }  // else: anywhere
///
/// Bounded: above kMost places nothing is known, and the whole text is searched.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/regex/folded_text.h"
#include "base/regex/regex.h"
#include "rules/pack.h"

namespace merlon {

class LiteralPlaces {
 public:
  static constexpr std::size_t kMost = 4096;
  static constexpr std::size_t kWorthwhile = 512;  ///< bytes; shorter texts are searched at once

  explicit LiteralPlaces(const PackView& pack) : pack_(pack) {}

  /// Begins a reading. `keep`: places will be asked for.
  void start(bool keep) {
    keeps_ = keep;
    places_.clear();
  }
  [[nodiscard]] bool keeps() const { return keeps_; }
  /// A literal that stands at byte `begin` of the folded text.
  void add(std::uint32_t literal, std::size_t begin) {
    places_.push_back({literal, static_cast<std::uint32_t>(begin)});
    keeps_ = places_.size() < kMost;
  }

  /// Replaces `windows` by the places of `source` where matches can begin, from `begin` to `end`
  /// with both: sorted, apart, at first bytes of characters. False: not known.
  [[nodiscard]] bool windows(const PackMatcher& matcher, const FoldedText& folded,
                             std::string_view source, std::vector<RegexPlace>& windows);

 private:
  struct Place {
    std::uint32_t literal{0};
    std::uint32_t begin{0};
  };
  void windows_of_set(std::uint32_t set, std::size_t width, std::vector<RegexPlace>& windows);

  const PackView& pack_;
  bool keeps_{false};
  std::vector<Place> places_;
  std::vector<std::size_t> begins_;
  std::vector<RegexPlace> of_set_;
  std::vector<RegexPlace> both_;
};

}  // namespace merlon
