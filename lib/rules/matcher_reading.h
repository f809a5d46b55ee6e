#pragma once
/// The readings of one string: as it stands, normalised, and with layers of encoding taken off.
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "model/rule.h"
#include "rules/decode.h"
#include "rules/matcher_place_map.h"

namespace merlon {

struct Reading {
  TextView view{TextView::kRaw};
  std::string own;                  ///< the text, but for the raw one
  std::string_view raw;             ///< the raw one
  std::size_t parent{0};            ///< index of what it was made from; the raw one is its own
  PlaceMap places;                  ///< into the parent
  std::vector<std::string> layers;  ///< taken off, outermost first
  std::uint32_t depth{0};           ///< layers of encoding
  bool normalised{false};

  [[nodiscard]] std::string_view text() const {
    return view == TextView::kRaw ? raw : std::string_view(own);
  }
};

/// Grows while it is walked from front to back: `derive` appends what can be made from one reading.
/// Bounded in number, depth and bytes; no text twice.
class Readings {
 public:
  explicit Readings(const Limits& limits) : limits_(limits) {}

  /// Starts anew with a string, which must outlive the readings.
  void assign(std::string_view raw);
  [[nodiscard]] std::size_t size() const { return readings_.size(); }
  [[nodiscard]] const Reading& operator[](std::size_t index) const { return readings_[index]; }
  /// `folded`: the reading's text as the prefilter sees it; `looks_rot13`: it holds a sign of
  /// rot13.
  void derive(std::size_t index, std::string_view folded, bool looks_rot13);
  /// The bytes of the raw string that [begin, end) of a reading stand for.
  [[nodiscard]] std::pair<std::size_t, std::size_t> raw_place(std::size_t index, std::size_t begin,
                                                              std::size_t end) const;

 private:
  void add_normalised(std::size_t index, std::string_view folded);
  void add_decoded(std::size_t index, DecodedText decoded);
  void add(Reading reading);

  const Limits& limits_;
  std::deque<Reading> readings_;
  std::size_t bytes_left_{0};
};

}  // namespace merlon
