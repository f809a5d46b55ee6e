#include "base/base64.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace merlon {
namespace {

constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t kNoBase64Digit = 64;

std::uint32_t base64_value(char c, bool url_safe) {
  if (c >= 'A' && c <= 'Z') {
    return static_cast<std::uint32_t>(c - 'A');
  }
  if (c >= 'a' && c <= 'z') {
    return static_cast<std::uint32_t>(c - 'a') + 26;
  }
  if (c >= '0' && c <= '9') {
    return static_cast<std::uint32_t>(c - '0') + 52;
  }
  if (c == (url_safe ? '-' : '+')) {
    return 62;
  }
  return c == (url_safe ? '_' : '/') ? 63 : kNoBase64Digit;
}

/// The digits without padding; nothing when the padding is wrong.
std::optional<std::string_view> without_padding(std::string_view text, bool padding_required) {
  const std::size_t digits = std::min(text.find('='), text.size());
  const std::size_t padding = text.size() - digits;
  const std::size_t wanted = (4 - digits % 4) % 4;
  const bool only_padding = text.substr(digits).find_first_not_of('=') == std::string_view::npos;
  const bool right = padding == wanted || (padding == 0 && !padding_required);
  if (!only_padding || !right || digits % 4 == 1) {
    return std::nullopt;
  }
  return text.substr(0, digits);
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    have += 8;
    while (have >= 6) {
      have -= 6;
      out.push_back(kBase64Digits[(bits >> have) & 0x3FU]);
    }
  }
  if (have > 0) {
    out.push_back(kBase64Digits[(bits << (6 - have)) & 0x3FU]);
  }
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<std::string> from_base64(std::string_view text, Base64Alphabet alphabet) {
  const bool url_safe =
      alphabet == Base64Alphabet::kEither && text.find_first_of("+/") == std::string_view::npos;
  const auto digits = without_padding(text, alphabet == Base64Alphabet::kStandard);
  if (!digits) {
    return std::nullopt;
  }
  std::string out;
  out.reserve(digits->size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : *digits) {
    const std::uint32_t value = base64_value(c, url_safe);
    if (value == kNoBase64Digit) {
      return std::nullopt;
    }
    bits = (bits << 6U) | value;
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<char>(static_cast<unsigned char>((bits >> have) & 0xFFU)));
    }
  }
  if ((bits & ((1U << have) - 1U)) != 0) {
    return std::nullopt;
  }
  return out;
}

}  // namespace merlon
