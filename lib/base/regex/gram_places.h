#pragma once
/// Where in a folded text a gram of some literal may stand: the first look of literal_index.h, and
/// what most of the time of reading a text goes into.
///
///   GramPlaces places(maps, folded.text());
///   for (auto found = places.next(); !found.empty(); found = places.next()) { ... }
///
/// A place is where the hash of the three or four bytes has its bit set: no gram is missed, some
/// places have none. In the text's order. Eight places are looked at together where the processor
/// has AVX2 (tests hold both ways against each other). One thread.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace merlon {

enum class GramLooks : std::uint8_t { kBest, kOneByOne };

/// Bitmaps of LiteralTable::kBitmapWords words, by hash_gram(). Either may be null.
struct GramBitmaps {
  const std::uint64_t* four{nullptr};
  const std::uint64_t* three{nullptr};
};

/// Without initial values: a text begins with room for some hundred.
struct GramPlace {
  std::uint32_t at;
  bool four;  ///< the bit of the four bytes is set; never where fewer are left
  bool three;
  friend bool operator==(const GramPlace&, const GramPlace&) = default;
};

class GramPlaces {
 public:
  /// Readable bytes that must follow the text.
  static constexpr std::size_t kPadding = 16;

  GramPlaces(GramBitmaps maps, std::string_view text, GramLooks looks = GramLooks::kBest);

  /// The next ones; empty at the end. Valid until the next call.
  [[nodiscard]] std::span<const GramPlace> next();

 private:
  static constexpr std::size_t kChunk = 256;  // a multiple of eight

  GramBitmaps maps_;
  std::string_view text_;
  std::size_t at_{0};
  std::size_t end_{0};  ///< behind the last place of three bytes
  bool together_{false};
  std::array<GramPlace, kChunk> found_;
};

}  // namespace merlon
