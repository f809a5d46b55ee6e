#pragma once
/// Finds which of some thousand literals stand in a folded text, in one pass of about a nanosecond
/// a byte.
///
/// Each literal is entered under its rarest gram of four bytes (three for literals of three). The
/// pass looks each gram of the text up in a bitmap of 4 KB and compares the few literals of the
/// gram's bucket only on a hit. Chosen over an Aho-Corasick automaton because 2,000 phrases make an
/// automaton of megabytes, whose misses cost more than the grams, and because this table is built
/// in microseconds when a user adds rules.
///
/// Worst case: length of the text x literals of one bucket; a literal that was seen once is not
/// compared again.
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/regex/gram_places.h"

namespace merlon {

struct LiteralEntry {
  std::uint32_t gram{0};
  std::uint32_t literal{0};  ///< index
  std::uint32_t offset{0};   ///< of the gram in the literal
};
static_assert(sizeof(LiteralEntry) == 12);

/// One table for one gram length. Plain arrays, so that it can be stored and mapped.
struct LiteralTable {
  static constexpr unsigned kBitmapBits = 15;
  static constexpr unsigned kBucketBits = 12;
  static constexpr std::size_t kBitmapWords = (1U << kBitmapBits) / 64;
  static constexpr std::size_t kBuckets = (1U << kBucketBits) + 1;

  std::vector<std::uint64_t> bitmap;
  std::vector<std::uint32_t> buckets;  ///< first entry of each bucket, and the end
  std::vector<LiteralEntry> entries;   ///< sorted by bucket
};

/// Literals of four bytes and more go to `four`, those of three to `three`; shorter ones are not
/// entered.
struct LiteralTables {
  LiteralTable four;
  LiteralTable three;
};
[[nodiscard]] LiteralTables build_literal_tables(std::span<const std::string_view> literals);

/// A stored table.
struct LiteralTableView {
  std::span<const std::uint64_t> bitmap;
  std::span<const std::uint32_t> buckets;
  std::span<const LiteralEntry> entries;
};

inline constexpr std::uint32_t kGramFactor = 0x9E3779B1U;
[[nodiscard]] constexpr std::uint32_t hash_gram(std::uint32_t gram) {
  return (gram * kGramFactor) >> (32U - LiteralTable::kBitmapBits);
}

/// Calls `compare(literal, begin)` for the literals that have `gram`, which stands at `at`.
template <class Compare>
void compare_bucket(const LiteralTableView& table, std::uint32_t gram, std::size_t at,
                    Compare&& compare) {
  const std::uint32_t bucket =
      hash_gram(gram) >> (LiteralTable::kBitmapBits - LiteralTable::kBucketBits);
  for (std::uint32_t i = table.buckets[bucket]; i < table.buckets[bucket + 1]; ++i) {
    const LiteralEntry& entry = table.entries[i];
    if (entry.gram == gram && entry.offset <= at) {
      compare(entry.literal, at - entry.offset);
    }
  }
}

/// Calls `compare(literal, begin)` for each place where the gram of a literal stands in `text`;
/// whether the rest of the literal does is for `compare` to find out. `text` must be followed by
/// four readable bytes. The table's indices have been checked (valid_literal_table).
template <unsigned kGram, class Compare>
void scan_literals(const LiteralTableView& table, std::string_view text, Compare&& compare) {
  static_assert(kGram == 3 || kGram == 4);
  if (table.entries.empty() || text.size() < kGram) {
    return;
  }
  constexpr std::uint32_t kMask = kGram == 4 ? 0xFFFFFFFFU : 0x00FFFFFFU;
  const std::size_t last = text.size() - kGram;
  for (std::size_t at = 0; at <= last; ++at) {
    std::uint32_t gram = 0;
    std::memcpy(&gram, text.data() + at, sizeof(gram));
    gram &= kMask;
    const std::uint32_t hash = hash_gram(gram);
    if (((table.bitmap[hash >> 6U] >> (hash & 63U)) & 1U) != 0) {
      compare_bucket(table, gram, at, compare);
    }
  }
}

/// The same for both tables in one pass. `text` must be followed by GramPlaces::kPadding readable
/// bytes.
template <class Compare>
void scan_literals(const LiteralTableView& four, const LiteralTableView& three,
                   std::string_view text, Compare&& compare, GramLooks looks = GramLooks::kBest) {
  if (four.entries.empty() || three.entries.empty() || text.size() < 4) {
    scan_literals<4>(four, text, compare);
    scan_literals<3>(three, text, compare);
    return;
  }
  GramPlaces places({.four = four.bitmap.data(), .three = three.bitmap.data()}, text, looks);
  for (auto found = places.next(); !found.empty(); found = places.next()) {
    for (const GramPlace& place : found) {
      std::uint32_t gram = 0;
      std::memcpy(&gram, text.data() + place.at, sizeof(gram));
      if (place.four) {
        compare_bucket(four, gram, place.at, compare);
      }
      if (place.three) {
        compare_bucket(three, gram & 0x00FFFFFFU, place.at, compare);
      }
    }
  }
}

/// Whether the literal stands at `begin`.
[[nodiscard]] inline bool has_literal_at(std::string_view text, std::size_t begin,
                                         std::string_view literal) {
  // Most that have a gram in common do not end alike.
  return !literal.empty() && text.size() - begin >= literal.size() &&
         text[begin + literal.size() - 1] == literal.back() &&
         std::memcmp(text.data() + begin, literal.data(), literal.size()) == 0;
}

/// Whether every index of a stored table is in bounds, for `literals` literals.
[[nodiscard]] bool valid_literal_table(const LiteralTableView& table, std::size_t literals);

}  // namespace merlon
