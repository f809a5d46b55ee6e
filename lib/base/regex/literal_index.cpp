#include "base/regex/literal_index.h"

#include <algorithm>
#include <unordered_map>

namespace merlon {
namespace {

static_assert(std::endian::native == std::endian::little,
              "grams are stored as little-endian words");

std::uint32_t gram_at(std::string_view literal, std::size_t at, std::size_t length) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, literal.data() + at, length);
  return gram;
}

// How often a byte is met in English prose and JSON, roughly, as a power of two.
unsigned commonness(char c) {
  switch (c) {
    case ' ': return 10;
    case 'e':
    case 't': return 9;
    case 'a':
    case 'i':
    case 'n':
    case 'o':
    case 'r':
    case 's': return 8;
    case 'c':
    case 'd':
    case 'h':
    case 'l':
    case 'u': return 7;
    case 'f':
    case 'g':
    case 'm':
    case 'p':
    case 'y': return 6;
    case 'b':
    case 'v':
    case 'w':
    case 'k':
    case '.':
    case '_': return 5;
    default: return 2;
  }
}

unsigned commonness_of_gram(std::string_view gram) {
  unsigned sum = 0;
  for (const char c : gram) {
    sum += commonness(c);
  }
  return sum;
}

// The rarest gram; among equals the one with the fewest literals so far.
std::size_t choose_offset(std::string_view literal, std::size_t length,
                          const std::unordered_map<std::uint32_t, std::uint32_t>& load) {
  std::size_t best = 0;
  unsigned best_cost = ~0U;
  for (std::size_t at = 0; at + length <= literal.size(); ++at) {
    const auto used = load.find(gram_at(literal, at, length));
    const unsigned cost = commonness_of_gram(literal.substr(at, length)) * 4 +
                          (used == load.end() ? 0 : std::min(used->second, 1000U) * 2);
    if (cost < best_cost) {
      best_cost = cost;
      best = at;
    }
  }
  return best;
}

void enter(std::string_view literal, std::uint32_t index, std::size_t length,
           std::unordered_map<std::uint32_t, std::uint32_t>& load, LiteralTable& table) {
  const std::size_t offset = choose_offset(literal, length, load);
  const std::uint32_t gram = gram_at(literal, offset, length);
  ++load[gram];
  table.entries.push_back(
      {.gram = gram, .literal = index, .offset = static_cast<std::uint32_t>(offset)});
}

std::uint32_t bucket_of(const LiteralEntry& entry) {
  return hash_gram(entry.gram) >> (LiteralTable::kBitmapBits - LiteralTable::kBucketBits);
}

void finish(LiteralTable& table) {
  std::stable_sort(
      table.entries.begin(), table.entries.end(),
      [](const LiteralEntry& a, const LiteralEntry& b) { return bucket_of(a) < bucket_of(b); });
  table.bitmap.assign(LiteralTable::kBitmapWords, 0);
  table.buckets.assign(LiteralTable::kBuckets, 0);
  for (const LiteralEntry& entry : table.entries) {
    const std::uint32_t hash = hash_gram(entry.gram);
    table.bitmap[hash >> 6U] |= std::uint64_t{1} << (hash & 63U);
    ++table.buckets[bucket_of(entry) + 1];
  }
  for (std::size_t i = 1; i < table.buckets.size(); ++i) {
    table.buckets[i] += table.buckets[i - 1];
  }
}

}  // namespace

LiteralTables build_literal_tables(std::span<const std::string_view> literals) {
  LiteralTables tables;
  std::unordered_map<std::uint32_t, std::uint32_t> load_four;
  std::unordered_map<std::uint32_t, std::uint32_t> load_three;
  for (std::size_t i = 0; i < literals.size(); ++i) {
    const auto index = static_cast<std::uint32_t>(i);
    if (literals[i].size() >= 4) {
      enter(literals[i], index, 4, load_four, tables.four);
    } else if (literals[i].size() == 3) {
      enter(literals[i], index, 3, load_three, tables.three);
    }
  }
  finish(tables.four);
  finish(tables.three);
  return tables;
}

bool valid_literal_table(const LiteralTableView& table, std::size_t literals) {
  if (table.bitmap.size() != LiteralTable::kBitmapWords ||
      table.buckets.size() != LiteralTable::kBuckets || table.buckets.front() != 0 ||
      table.buckets.back() != table.entries.size()) {
    return false;
  }
  return std::is_sorted(table.buckets.begin(), table.buckets.end()) &&
         std::all_of(table.entries.begin(), table.entries.end(),
                     [&](const LiteralEntry& entry) { return entry.literal < literals; });
}

}  // namespace merlon
