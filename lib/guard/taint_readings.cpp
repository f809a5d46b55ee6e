#include "guard/taint_readings.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "rules/decode.h"

namespace merlon {
namespace {

constexpr std::size_t kTaintLayers = 2;
constexpr std::size_t kMostTexts = 4096;

int taint_hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

int taint_base64_value(char c) {
  return c >= 'A' && c <= 'Z'   ? c - 'A'
         : c >= 'a' && c <= 'z' ? c - 'a' + 26
         : c >= '0' && c <= '9' ? c - '0' + 52
         : c == '+' || c == '-' ? 62
         : c == '/' || c == '_' ? 63
                                : -1;
}

/// Runs of characters that have a value, others of `between` in them left out, decoded from each of
/// `starts` places.
struct RunCoding {
  int (*value)(char);
  std::string_view between;
  unsigned bits;         ///< of a character
  std::size_t starts;    ///< alignments
  std::size_t per_byte;  ///< characters of a run for each byte that matters, rounded down
};
constexpr RunCoding kBase64Runs{
    .value = taint_base64_value, .between = "\r\n", .bits = 6, .starts = 4, .per_byte = 1};
constexpr RunCoding kHexRuns{
    .value = taint_hex_value, .between = " \t\r\n:-,", .bits = 4, .starts = 2, .per_byte = 2};

std::string decode_run(const std::vector<std::uint8_t>& digits, std::size_t from, unsigned bits) {
  std::string out;
  out.reserve(digits.size() * bits / 8);
  std::uint32_t held = 0;
  unsigned count = 0;
  for (std::size_t i = from; i < digits.size(); ++i) {
    held = (held << bits) | digits[i];
    count += bits;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((held >> count) & 0xFFU));
    }
  }
  return out;
}

void add_runs(std::string_view text, const RunCoding& coding, std::size_t least,
              std::vector<std::string>& out) {
  std::vector<std::uint8_t> digits;
  const auto flush = [&] {
    if (digits.size() >= std::max<std::size_t>(least * coding.per_byte, 16)) {
      for (std::size_t from = 0; from < coding.starts; ++from) {
        out.push_back(decode_run(digits, from, coding.bits));
      }
    }
    digits.clear();
  };
  for (const char c : text) {
    if (const int value = coding.value(c); value >= 0) {
      digits.push_back(static_cast<std::uint8_t>(value));
    } else if (coding.between.find(c) == std::string_view::npos) {
      flush();
    }
  }
  flush();
}

void add_percent(std::string_view text, std::vector<std::string>& out) {
  if (text.find_first_of("%+") == std::string_view::npos) {
    return;
  }
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? taint_hex_value(text[at + 1]) : -1;
    const int low = high >= 0 ? taint_hex_value(text[at + 2]) : -1;
    if (low >= 0) {
      decoded.push_back(static_cast<char>(high * 16 + low));
      at += 2;
    } else {
      decoded.push_back(text[at] == '+' ? ' ' : text[at]);
    }
  }
  out.push_back(std::move(decoded));
}

void add_rule_layers(std::string_view text, std::vector<std::string>& out) {
  if (find_invalid_utf8(text) || !may_be_encoded(text)) {
    return;
  }
  for (DecodedText& layer : decode_layer(text, text.size() * 4)) {
    out.push_back(std::move(layer.derived.text));
  }
}

}  // namespace

TaintReadings taint_readings(std::string_view text, std::size_t least) {
  TaintReadings out;
  out.texts.emplace_back(text);
  std::size_t bytes = text.size();
  std::size_t first = 0;
  for (std::size_t layer = 0; layer < kTaintLayers; ++layer) {
    const std::size_t end = out.texts.size();
    for (std::size_t i = first; i < end; ++i) {
      std::vector<std::string> found;
      add_percent(out.texts[i], found);
      add_runs(out.texts[i], kBase64Runs, least, found);
      add_runs(out.texts[i], kHexRuns, least, found);
      add_rule_layers(out.texts[i], found);
      for (std::string& decoded : found) {
        bytes += decoded.size();
        if (bytes > kMostTaintBytes || out.texts.size() >= kMostTexts) {
          out.cut = true;
          return out;
        }
        if (decoded.size() >= least) {
          out.texts.push_back(std::move(decoded));
        }
      }
    }
    first = end;
  }
  return out;
}

}  // namespace merlon
