#pragma once
/// Tokens with a fixed shape: a prefix, an alphabet, a length, and a check where the format has
/// one.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/detector.h"

namespace merlon {

/// Which bytes a token's body is made of.
enum class TokenAlphabet : std::uint8_t {
  kBase62,      ///< A-Z a-z 0-9
  kBase64Url,   ///< and - _
  kUpperDigit,  ///< A-Z 0-9
  kHex,         ///< 0-9 a-f
  kDotted,      ///< kBase64Url and a dot
};

struct TokenFormat {
  std::string_view what;    ///< "GitHub token"
  std::string_view prefix;  ///< case-sensitive
  TokenAlphabet alphabet{TokenAlphabet::kBase62};
  std::size_t min{0};  ///< bytes after the prefix
  std::size_t max{0};
  /// What else has to hold for prefix and body together; null: nothing.
  bool (*valid)(std::string_view token){nullptr};
};

/// Appends a hit for each token that stands alone (no further byte of its alphabet before or
/// after), is no placeholder and passes `valid`; in order of begin. Linear in the text per format.
void find_tokens(std::string_view text, std::span<const TokenFormat> formats,
                 std::vector<DetectorHit>& hits);

/// The last six bytes are the base62 CRC-32 of what stands between `prefix_size` and them, as in
/// tokens of GitHub and npm.
[[nodiscard]] bool has_base62_crc(std::string_view token, std::size_t prefix_size);

/// The bytes of base64 or base64url without or with padding; empty for anything else.
[[nodiscard]] std::string decode_base64_lenient(std::string_view text);

}  // namespace merlon
