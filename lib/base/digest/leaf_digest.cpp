#include "base/digest/leaf_digest.h"

#include <openssl/sha.h>

#if defined(__x86_64__)
#include <algorithm>
#include <cstddef>
#include <cstring>

#include <cpuid.h>
#include <immintrin.h>
#endif

// Deprecated in OpenSSL 3.0 in favour of EVP; digest.h says why they are used all the same.
#if defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#endif

namespace merlon {

#if defined(__x86_64__)
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::size_t kLanes = 2;

alignas(16) constexpr std::array<std::uint32_t, 64> kRoundConstants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

bool has_sha_instructions() {
  unsigned eax = 0;
  unsigned ebx = 0;
  unsigned ecx = 0;
  unsigned edx = 0;
  constexpr unsigned kSha = 1U << 29U;
  constexpr unsigned kSse41 = 1U << 19U;
  const bool sha = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ebx & kSha) != 0;
  return sha && __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & kSse41) != 0;
}

/// A text with its prefix, as the blocks that SHA-256 wants.
class PaddedText {
 public:
  PaddedText(char first, std::string_view bytes)
      : data_(reinterpret_cast<const std::uint8_t*>(bytes.data())) {
    const std::size_t size = bytes.size() + 1;
    whole_ = size / kBlock;
    const std::size_t rest = size % kBlock;
    count_ = whole_ + (rest + 9 <= kBlock ? 1 : 2);
    if (whole_ > 0) {
      head_[0] = static_cast<std::uint8_t>(first);
      std::memcpy(head_.data() + 1, data_, kBlock - 1);
      std::memcpy(tail_.data(), data_ + bytes.size() - rest, rest);
    } else {
      tail_[0] = static_cast<std::uint8_t>(first);
      std::copy_n(data_, bytes.size(), tail_.begin() + 1);
    }
    tail_[rest] = 0x80;
    std::uint64_t bits = static_cast<std::uint64_t>(size) * 8;
    const std::size_t end = (count_ - whole_) * kBlock;
    for (std::size_t i = 1; i <= 8; ++i) {
      tail_[end - i] = static_cast<std::uint8_t>(bits & 0xFFU);
      bits >>= 8U;
    }
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const std::uint8_t* block(std::size_t at) const {
    if (at >= whole_) {
      return tail_.data() + (at - whole_) * kBlock;
    }
    return at == 0 ? head_.data() : data_ + at * kBlock - 1;
  }

 private:
  const std::uint8_t* data_;
  std::size_t whole_{0};
  std::size_t count_{0};
  std::array<std::uint8_t, kBlock> head_;
  std::array<std::uint8_t, 2 * kBlock> tail_{};
};

/// The state as the instructions want it: a b e f, and c d g h.
struct LaneState {
  __m128i abef;
  __m128i cdgh;
};

__attribute__((target("sha,sse4.1"))) inline __m128i load_words(const std::uint8_t* bytes) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)), order);
}

/// One block of each lane. The lanes do not depend on each other, so the processor works on both.
__attribute__((target("sha,sse4.1"))) inline void compress_lanes(
    std::array<LaneState, kLanes>& states, const std::array<const std::uint8_t*, kLanes>& blocks) {
  std::array<LaneState, kLanes> now = states;
  // NOLINTNEXTLINE(modernize-avoid-c-arrays): std::array drops the type's alignment, says g++
  __m128i words[kLanes][4];
#pragma GCC unroll 16
  for (std::size_t step = 0; step < 16; ++step) {
    const __m128i constants =
        _mm_load_si128(reinterpret_cast<const __m128i*>(kRoundConstants.data() + 4 * step));
#pragma GCC unroll 2
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      auto& w = words[lane];
      if (step < 4) {
        w[step] = load_words(blocks[lane] + 16 * step);
      } else {
        const __m128i before = w[(step + 3) % 4];
        __m128i next = _mm_sha256msg1_epu32(w[step % 4], w[(step + 1) % 4]);
        next = _mm_add_epi32(next, _mm_alignr_epi8(before, w[(step + 2) % 4], 4));
        w[step % 4] = _mm_sha256msg2_epu32(next, before);
      }
      __m128i message = _mm_add_epi32(w[step % 4], constants);
      now[lane].cdgh = _mm_sha256rnds2_epu32(now[lane].cdgh, now[lane].abef, message);
      message = _mm_shuffle_epi32(message, 0x0E);
      now[lane].abef = _mm_sha256rnds2_epu32(now[lane].abef, now[lane].cdgh, message);
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    states[lane].abef = _mm_add_epi32(states[lane].abef, now[lane].abef);
    states[lane].cdgh = _mm_add_epi32(states[lane].cdgh, now[lane].cdgh);
  }
}

__attribute__((target("sha,sse4.1"))) Sha256 digest_of(const LaneState& state) {
  static_assert(sizeof(LaneState) == sizeof(std::array<std::uint32_t, 8>));
  std::array<std::uint32_t, 8> words{};
  std::memcpy(words.data(), &state, sizeof words);  // f e b a, h g d c
  constexpr std::array<std::size_t, 8> kOrder{3, 2, 7, 6, 1, 0, 5, 4};
  Sha256 digest{};
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    const std::uint32_t word = words[kOrder[i]];
    for (std::size_t byte = 0; byte < 4; ++byte) {
      digest[4 * i + byte] = static_cast<std::uint8_t>(word >> (24 - 8 * byte));
    }
  }
  return digest;
}

__attribute__((target("sha,sse4.1"))) std::array<Sha256, 2> hash_lanes(const PaddedText& a,
                                                                       const PaddedText& b) {
  const LaneState start{
      .abef = _mm_set_epi32(0x6a09e667, static_cast<int>(0xbb67ae85U), 0x510e527f,
                            static_cast<int>(0x9b05688cU)),
      .cdgh = _mm_set_epi32(0x3c6ef372, static_cast<int>(0xa54ff53aU), 0x1f83d9ab, 0x5be0cd19)};
  std::array<LaneState, kLanes> states{start, start};
  const std::size_t both = std::min(a.count(), b.count());
  for (std::size_t at = 0; at < both; ++at) {
    compress_lanes(states, {a.block(at), b.block(at)});
  }
  // What is left of the longer one; the other lane's work is thrown away.
  const std::array<LaneState, kLanes> done = states;
  const PaddedText& longer = a.count() > b.count() ? a : b;
  for (std::size_t at = both; at < longer.count(); ++at) {
    compress_lanes(states, {longer.block(at), longer.block(at)});
  }
  return {digest_of(a.count() > both ? states[0] : done[0]),
          digest_of(b.count() > both ? states[1] : done[1])};
}

}  // namespace
#endif

Sha256 sha256_prefixed(char first, std::string_view bytes) {
  Sha256 digest{};
  SHA256_CTX context{};
  SHA256_Init(&context);
  SHA256_Update(&context, &first, 1);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

std::array<Sha256, 2> sha256_prefixed_pair(char first, std::string_view a, std::string_view b) {
#if defined(__x86_64__)
  static const bool kFast = has_sha_instructions();
  if (kFast) {
    return hash_lanes(PaddedText(first, a), PaddedText(first, b));
  }
#endif
  return {sha256_prefixed(first, a), sha256_prefixed(first, b)};
}

}  // namespace merlon
