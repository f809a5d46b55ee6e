#include "base/digest/hmac.h"

#include <array>

namespace merlon {
namespace {

constexpr std::size_t kHmacBlock = 64;  // of SHA-256
constexpr std::uint8_t kInnerPad = 0x36;
constexpr std::uint8_t kOuterPad = 0x5C;

std::string_view hmac_bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Sha256 padded_digest(const std::array<std::uint8_t, kHmacBlock>& key, std::uint8_t pad,
                     std::string_view bytes) {
  std::array<char, kHmacBlock> block{};
  for (std::size_t i = 0; i < kHmacBlock; ++i) {
    block[i] = static_cast<char>(key[i] ^ pad);
  }
  Sha256Stream stream;
  stream.update({block.data(), block.size()});
  stream.update(bytes);
  return stream.finish();
}

}  // namespace

Sha256 hmac_sha256(std::string_view key, std::string_view bytes) {
  std::array<std::uint8_t, kHmacBlock> block{};
  const Sha256 hashed = key.size() > kHmacBlock ? sha256(key) : Sha256{};
  if (key.size() > kHmacBlock) {
    key = hmac_bytes_of(hashed);
  }
  for (std::size_t i = 0; i < key.size(); ++i) {
    block[i] = static_cast<std::uint8_t>(key[i]);
  }
  const Sha256 inner = padded_digest(block, kInnerPad, bytes);
  return padded_digest(block, kOuterPad, hmac_bytes_of(inner));
}

}  // namespace merlon
