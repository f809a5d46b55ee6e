#include "base/regex/gram_places.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/regex/literal_index.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace merlon {
namespace {

constexpr std::uint32_t kThreeBytesOfGram = 0x00FFFFFFU;

bool has_gram(const std::uint64_t* bitmap, std::uint32_t gram) {
  const std::uint32_t hash = hash_gram(gram);
  return bitmap != nullptr && ((bitmap[hash >> 6U] >> (hash & 63U)) & 1U) != 0;
}

/// Places [at, end) of `text`, one by one. Returns how many were found.
std::size_t look_one_by_one(const GramBitmaps& maps, const char* text, std::size_t at,
                            std::size_t end, GramPlace* found) {
  std::size_t count = 0;
  for (; at < end; ++at) {
    std::uint32_t gram = 0;
    std::memcpy(&gram, text + at, sizeof(gram));
    const bool four = has_gram(maps.four, gram);
    const bool three = has_gram(maps.three, gram & kThreeBytesOfGram);
    if (four || three) {
      found[count++] = {.at = static_cast<std::uint32_t>(at), .four = four, .three = three};
    }
  }
  return count;
}

#if defined(__x86_64__)

constexpr std::size_t kTogether = 8;

bool can_look_together() {
  static const bool can = __builtin_cpu_supports("avx2") != 0;
  return can;
}

/// Which of eight grams have their bit set, one bit each. A word of 64 bits is two of 32, the low
/// one first.
__attribute__((target("avx2"))) inline unsigned grams_in(const std::uint64_t* bitmap,
                                                         __m256i grams) {
  const __m256i hashes =
      _mm256_srli_epi32(_mm256_mullo_epi32(grams, _mm256_set1_epi32(static_cast<int>(kGramFactor))),
                        32 - LiteralTable::kBitmapBits);
  const __m256i words =
      _mm256_i32gather_epi32(reinterpret_cast<const int*>(bitmap), _mm256_srli_epi32(hashes, 5), 4);
  const __m256i bits = _mm256_and_si256(hashes, _mm256_set1_epi32(31));
  const __m256i tops = _mm256_sllv_epi32(words, _mm256_sub_epi32(_mm256_set1_epi32(31), bits));
  return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(tops)));
}

/// The same for eight places at a time; reads 16 bytes from each eighth.
template <bool kFour>
__attribute__((target("avx2"))) std::size_t look_together(const GramBitmaps& maps, const char* text,
                                                          std::size_t at, std::size_t end,
                                                          GramPlace* found) {
  const __m256i spread = _mm256_setr_epi8(0, 1, 2, 3, 1, 2, 3, 4, 2, 3, 4, 5, 3, 4, 5, 6,  //
                                          4, 5, 6, 7, 5, 6, 7, 8, 6, 7, 8, 9, 7, 8, 9, 10);
  const __m256i low_bytes = _mm256_set1_epi32(static_cast<int>(kThreeBytesOfGram));
  std::size_t count = 0;
  for (; at < end; at += kTogether) {
    const __m256i bytes =
        _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(text + at)));
    const __m256i grams = _mm256_shuffle_epi8(bytes, spread);
    const unsigned three = grams_in(maps.three, _mm256_and_si256(grams, low_bytes));
    const unsigned four = kFour ? grams_in(maps.four, grams) : 0U;
    const std::size_t left = end - at;
    const unsigned inside = left >= kTogether ? 0xFFU : (1U << left) - 1U;
    for (unsigned rest = (three | four) & inside; rest != 0; rest &= rest - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(rest));
      found[count++] = {.at = static_cast<std::uint32_t>(at + i),
                        .four = ((four >> i) & 1U) != 0,
                        .three = ((three >> i) & 1U) != 0};
    }
  }
  return count;
}

std::size_t look(const GramBitmaps& maps, const char* text, std::size_t at, std::size_t end,
                 bool together, GramPlace* found) {
  if (!together) {
    return look_one_by_one(maps, text, at, end, found);
  }
  return maps.four != nullptr ? look_together<true>(maps, text, at, end, found)
                              : look_together<false>(maps, text, at, end, found);
}

#else

bool can_look_together() {
  return false;
}

std::size_t look(const GramBitmaps& maps, const char* text, std::size_t at, std::size_t end,
                 bool /*together*/, GramPlace* found) {
  return look_one_by_one(maps, text, at, end, found);
}

#endif

}  // namespace

GramPlaces::GramPlaces(GramBitmaps maps, std::string_view text, GramLooks looks)
    : maps_(maps), text_(text), end_(text.size() < 3 ? 0 : text.size() - 2) {
  together_ = looks == GramLooks::kBest && maps.three != nullptr && can_look_together();
}

std::span<const GramPlace> GramPlaces::next() {
  std::size_t count = 0;
  while (count == 0 && at_ < end_) {
    const std::size_t end = std::min(at_ + kChunk, end_);
    count = look(maps_, text_.data(), at_, end, together_, found_.data());
    at_ = end;
  }
  // The last place has three bytes only.
  if (count > 0 && found_[count - 1].four && found_[count - 1].at + 4U > text_.size()) {
    found_[count - 1].four = false;
    count -= found_[count - 1].three ? 0U : 1U;
  }
  return std::span(found_).first(count);
}

}  // namespace merlon
