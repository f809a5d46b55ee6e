#include "rules/placeholder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kLongestPlaceholder = 400;

// Words that only stand in values which somebody is to replace.
constexpr std::array<std::string_view, 36> kPlaceholderWords{
    "your",       "example",   "changeme",   "change-me",  "change_me",  "placeholder",
    "replace",    "insert",    "todo",       "fixme",      "dummy",      "sample",
    "redacted",   "xxxx",      "****",       "...",        "test-key",   "testkey",
    "fake",       "my-token",  "my_token",   "my-api-key", "my_api_key", "my-secret",
    "my_secret",  "mytoken",   "apikeyhere", "key-here",   "key_here",   "token-here",
    "token_here", "goes-here", "goes_here",  "<your",      "00000000",   "12345678"};

constexpr std::array<std::string_view, 22> kWhole{
    "string", "secret",    "password",  "token",   "key",     "value",   "none",   "null",
    "true",   "false",     "undefined", "api-key", "api_key", "apikey",  "bearer", "basic",
    "admin",  "password1", "passw0rd",  "hunter2", "letmein", "optional"};

bool is_placeholder_reference(std::string_view value) {
  if (value.starts_with("op://") || value.starts_with("vault:") || value.starts_with("env:") ||
      value.starts_with("keychain:") || value.starts_with("secret://") ||
      value.starts_with("arn:aws:secretsmanager") || value.starts_with("!secret")) {
    return true;
  }
  // ${X}, $X, %X%, {{x}}, <x>, [x], ${{ secrets.X }}, ${input:x}, $(command)
  const char first = value.front();
  const char last = value.back();
  return first == '$' || (first == '%' && last == '%') || (first == '<' && last == '>') ||
         (first == '{' && last == '}') || (first == '[' && last == ']') ||
         value.find("${") != std::string_view::npos || value.find("{{") != std::string_view::npos ||
         value.find("$(") != std::string_view::npos;
}

// At most a few different bytes, or each byte the one before plus a constant.
bool lacks_variety(std::string_view value) {
  std::array<bool, 256> seen{};
  std::size_t kinds = 0;
  std::size_t steps = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto byte = static_cast<unsigned char>(value[i]);
    if (!seen[byte]) {
      seen[byte] = true;
      ++kinds;
    }
    if (i == 0) {
      continue;
    }
    const int step =
        static_cast<int>(byte) - static_cast<int>(static_cast<unsigned char>(value[i - 1]));
    if (step == 0 || step == 1) {
      ++steps;
    }
  }
  return (value.size() >= 8 && kinds <= 3) ||
         (value.size() >= 6 && steps * 10 >= (value.size() - 1) * 7);
}

}  // namespace

bool is_placeholder(std::string_view value) {
  value = trim(value);
  if (value.empty()) {
    return true;
  }
  if (is_placeholder_reference(value) || lacks_variety(value)) {
    return true;
  }
  const std::string lower = to_lower_ascii(value.substr(0, kLongestPlaceholder));
  if (std::any_of(kWhole.begin(), kWhole.end(),
                  [&](std::string_view word) { return lower == word; })) {
    return true;
  }
  return std::any_of(kPlaceholderWords.begin(), kPlaceholderWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

double entropy_per_byte(std::string_view text) {
  if (text.empty()) {
    return 0;
  }
  std::array<std::size_t, 256> counts{};
  for (const char c : text) {
    ++counts[static_cast<unsigned char>(c)];
  }
  double bits = 0;
  const auto size = static_cast<double>(text.size());
  for (const std::size_t count : counts) {
    if (count == 0) {
      continue;
    }
    const double share = static_cast<double>(count) / size;
    bits -= share * std::log2(share);
  }
  return bits;
}

bool looks_random(std::string_view value) {
  if (value.size() < 12 || value.size() > 4096 || is_placeholder(value)) {
    return false;
  }
  bool digit = false;
  bool lower = false;
  bool upper = false;
  std::size_t changes = 0;  // from a letter to a digit or back
  int previous = 0;
  for (const char c : value) {
    int kind = 0;
    if (c >= '0' && c <= '9') {
      digit = true;
      kind = 1;
    } else if (c >= 'a' && c <= 'z') {
      lower = true;
      kind = 2;
    } else if (c >= 'A' && c <= 'Z') {
      upper = true;
      kind = 3;
    } else if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7F) {
      return false;  // prose, not a token
    }
    if (previous != 0 && kind != 0 && kind != previous) {
      ++changes;
    }
    if (kind != 0) {
      previous = kind;
    }
  }
  const int classes = (digit ? 1 : 0) + (lower ? 1 : 0) + (upper ? 1 : 0);
  // A random text of 12 bytes has about 3.3 bits a byte; a long one more. Words and paths change
  // between letters and digits far less often than every fifth byte.
  const double wanted = value.size() >= 24 ? 3.5 : 3.0;
  return classes >= 2 && changes * 5 >= value.size() && entropy_per_byte(value) >= wanted;
}

}  // namespace merlon
