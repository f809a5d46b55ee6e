#pragma once
/// Hashes of words and features: the keys of the embedded model. The model compiler and the scorer
/// must agree, so both include this.
///
/// A word is hashed by its code points. Features over words (`w:` a stem, `b:` two stems, `f:` the
/// first, `g:` the first two) combine the hashes of their words, so that no letter is looked at
/// twice; all others hash their name.
#include <cstdint>
#include <string_view>

namespace merlon {

inline constexpr std::uint64_t kHashSeed = 0xCBF29CE484222325ULL;

[[nodiscard]] constexpr std::uint64_t hash_step(std::uint64_t hash, char32_t c) {
  return (hash ^ static_cast<std::uint64_t>(c)) * 0x100000001B3ULL;
}

[[nodiscard]] constexpr std::uint64_t finish_hash(std::uint64_t hash) {
  hash ^= hash >> 33U;
  hash *= 0xFF51AFD7ED558CCDULL;
  hash ^= hash >> 29U;
  hash *= 0xC4CEB9FE1A85EC53ULL;
  return hash ^ (hash >> 32U);
}

[[nodiscard]] constexpr std::uint64_t hash_word(std::u32string_view word) {
  std::uint64_t hash = kHashSeed;
  for (const char32_t c : word) {
    hash = hash_step(hash, c);
  }
  return finish_hash(hash);
}

/// For names in ASCII; equal to hash_word of the same letters.
[[nodiscard]] constexpr std::uint64_t hash_ascii(std::string_view word) {
  std::uint64_t hash = kHashSeed;
  for (const char c : word) {
    hash = hash_step(hash, static_cast<unsigned char>(c));
  }
  return finish_hash(hash);
}

enum class WordFeature : std::uint8_t { kStem, kPair, kFirst, kFirstPair };

[[nodiscard]] constexpr std::uint64_t hash_feature(WordFeature kind, std::uint64_t first,
                                                   std::uint64_t second) {
  const std::uint64_t salt = 0x9E3779B97F4A7C15ULL * (static_cast<std::uint64_t>(kind) + 1);
  return finish_hash(first * 0xD6E8FEB86659FD93ULL + ((second << 23U) | (second >> 41U)) + salt);
}

/// What a slot of a table keeps of a hash; never 0, which marks an empty slot.
[[nodiscard]] constexpr std::uint32_t hash_check(std::uint64_t hash) {
  const auto high = static_cast<std::uint32_t>(hash >> 32U);
  return high == 0 ? 1U : high;
}

}  // namespace merlon
