#include "rules/token_format.h"

#include <algorithm>
#include <array>
#include <string>

#include "rules/placeholder.h"

namespace merlon {
namespace {

constexpr std::string_view kBase62Digits =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool is_in(TokenAlphabet alphabet, char c) {
  const bool digit = c >= '0' && c <= '9';
  const bool upper = c >= 'A' && c <= 'Z';
  const bool lower = c >= 'a' && c <= 'z';
  switch (alphabet) {
    case TokenAlphabet::kBase62: return digit || upper || lower;
    case TokenAlphabet::kBase64Url: return digit || upper || lower || c == '-' || c == '_';
    case TokenAlphabet::kUpperDigit: return digit || upper;
    case TokenAlphabet::kHex: return digit || (c >= 'a' && c <= 'f');
    case TokenAlphabet::kDotted: return digit || upper || lower || c == '-' || c == '_' || c == '.';
  }
  return false;
}

// A token must not be the middle of a longer word; `-` and `=` before it are how it is assigned.
bool continues_token(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

void find_format(std::string_view text, const TokenFormat& format, std::vector<DetectorHit>& hits) {
  for (std::size_t at = text.find(format.prefix); at != std::string_view::npos;) {
    const std::size_t body = at + format.prefix.size();
    std::size_t end = body;
    while (end < text.size() && end - body <= format.max && is_in(format.alphabet, text[end])) {
      ++end;
    }
    while (end > body && (text[end - 1] == '.' || text[end - 1] == '-')) {
      --end;
    }
    const std::size_t size = end - body;
    const bool alone = at == 0 || !continues_token(text[at - 1]);
    const std::string_view token = text.substr(at, end - at);
    if (alone && size >= format.min && size <= format.max &&
        !is_placeholder(text.substr(body, size)) &&
        (format.valid == nullptr || format.valid(token))) {
      hits.push_back({.begin = at, .end = end, .what = std::string(format.what)});
    }
    at = text.find(format.prefix, std::max(end, body));
  }
}

std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? (value >> 1U) ^ 0xEDB88320U : value >> 1U;
    }
    table[i] = value;
  }
  return table;
}

std::uint32_t crc32_of(std::string_view bytes) {
  const std::array<std::uint32_t, 256> table = make_crc_table();
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : bytes) {
    crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (crc >> 8U);
  }
  return crc ^ 0xFFFFFFFFU;
}

int token_base64_value(char c) {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  if (c == '+' || c == '-') {
    return 62;
  }
  if (c == '/' || c == '_') {
    return 63;
  }
  return -1;
}

}  // namespace

void find_tokens(std::string_view text, std::span<const TokenFormat> formats,
                 std::vector<DetectorHit>& hits) {
  const auto first = static_cast<std::ptrdiff_t>(hits.size());
  for (const TokenFormat& format : formats) {
    find_format(text, format, hits);
  }
  std::sort(hits.begin() + first, hits.end(), [](const DetectorHit& a, const DetectorHit& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
}

bool has_base62_crc(std::string_view token, std::size_t prefix_size) {
  constexpr std::size_t kDigits = 6;
  if (token.size() <= prefix_size + kDigits) {
    return false;
  }
  std::uint32_t crc = crc32_of(token.substr(prefix_size, token.size() - prefix_size - kDigits));
  std::array<char, kDigits> digits{};
  for (std::size_t i = kDigits; i > 0; --i) {
    digits[i - 1] = kBase62Digits[crc % 62];
    crc /= 62;
  }
  return token.ends_with(std::string_view(digits.data(), digits.size()));
}

std::string decode_base64_lenient(std::string_view text) {
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const int value = token_base64_value(c);
    if (value < 0) {
      return {};
    }
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>((bits >> held) & 0xFFU));
    }
  }
  return out;
}

}  // namespace merlon
