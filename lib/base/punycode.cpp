#include "base/punycode.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace merlon {
namespace {

// RFC 3492, section 5.
constexpr std::uint32_t kBase = 36;
constexpr std::uint32_t kTMin = 1;
constexpr std::uint32_t kTMax = 26;
constexpr std::uint32_t kSkew = 38;
constexpr std::uint32_t kDamp = 700;
constexpr std::uint32_t kInitialBias = 72;
constexpr std::uint32_t kInitialN = 128;
constexpr std::size_t kLongestLabel = 63;

std::uint32_t adapt_bias(std::uint32_t delta, std::uint32_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  while (delta > ((kBase - kTMin) * kTMax) / 2) {
    delta /= kBase - kTMin;
    k += kBase;
  }
  return k + ((kBase - kTMin + 1) * delta / (delta + kSkew));
}

char punycode_digit(std::uint32_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

void append_delta(std::string& out, std::uint32_t delta, std::uint32_t bias) {
  std::uint32_t q = delta;
  for (std::uint32_t k = kBase;; k += kBase) {
    const std::uint32_t t = k <= bias ? kTMin : std::min(k - bias, kTMax);
    if (q < t) {
      out += punycode_digit(q);
      return;
    }
    out += punycode_digit(t + ((q - t) % (kBase - t)));
    q = (q - t) / (kBase - t);
  }
}

}  // namespace

std::optional<std::string> punycode_label(std::string_view label) {
  if (is_ascii(label)) {
    return std::string(label);
  }
  if (find_invalid_utf8(label) || count_code_points(label) > kLongestLabel) {
    return std::nullopt;
  }
  std::vector<std::uint32_t> points;
  std::string basic;
  for (std::size_t at = 0; at < label.size();) {
    const char32_t c = next_code_point(label, at);
    points.push_back(static_cast<std::uint32_t>(c));
    if (c < 0x80) {
      basic += static_cast<char>(c);
    }
  }
  std::string out = "xn--" + basic + (basic.empty() ? "" : "-");
  auto handled = static_cast<std::uint32_t>(basic.size());
  const std::uint32_t basics = handled;
  std::uint32_t n = kInitialN;
  std::uint32_t delta = 0;
  std::uint32_t bias = kInitialBias;
  // At most 63 points below 2^21: delta stays far below 2^32.
  while (handled < points.size()) {
    std::uint32_t next = 0xFFFFFFFFU;
    for (const std::uint32_t point : points) {
      next = point >= n ? std::min(next, point) : next;
    }
    delta += (next - n) * (handled + 1);
    n = next;
    for (const std::uint32_t point : points) {
      delta += point < n ? 1U : 0U;
      if (point == n) {
        append_delta(out, delta, bias);
        bias = adapt_bias(delta, handled + 1, handled == basics);
        delta = 0;
        ++handled;
      }
    }
    ++delta;
    ++n;
  }
  return out;
}

}  // namespace merlon
