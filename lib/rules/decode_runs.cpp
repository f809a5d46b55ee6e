// Decoders of runs of digits: base64, hex, bits.
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "rules/decode_pieces.h"

namespace merlon {
namespace {

constexpr std::size_t kMinBase64 = 16;
constexpr std::size_t kMinHex = 24;
constexpr std::size_t kMinBits = 64;

// 0 to 63; 64: not a digit. Both alphabets at once: their differing signs do not collide.
constexpr std::array<std::uint8_t, 256> make_base64_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(64);
  std::uint8_t next = 0;
  for (unsigned c = 'A'; c <= 'Z'; ++c) {
    values[c] = next++;
  }
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    values[c] = next++;
  }
  for (unsigned c = '0'; c <= '9'; ++c) {
    values[c] = next++;
  }
  values['+'] = values['-'] = 62;
  values['/'] = values['_'] = 63;
  return values;
}
constexpr std::array<std::uint8_t, 256> kBase64Values = make_base64_values();

std::uint8_t base64_digit(char c) {
  return kBase64Values[static_cast<unsigned char>(c)];
}

constexpr std::array<std::uint8_t, 256> make_run_kinds() {
  std::array<std::uint8_t, 256> kinds{};
  const auto add = [&](DigitRun kind, std::string_view bytes) {
    for (const char c : bytes) {
      kinds[static_cast<unsigned char>(c)] |=
          static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind));
    }
  };
  for (std::size_t c = 0; c < kinds.size(); ++c) {
    kinds[c] = kBase64Values[c] < 64 ? 1U << static_cast<unsigned>(DigitRun::kBase64) : 0U;
  }
  add(DigitRun::kHex, "0123456789abcdefABCDEFxX :,-");
  add(DigitRun::kBits, "01 \t\r\n");
  return kinds;
}
constexpr std::array<std::uint8_t, 256> kRunKinds = make_run_kinds();

constexpr std::size_t shortest_run(DigitRun kind) {
  switch (kind) {
    case DigitRun::kBase64: return kMinBase64;
    case DigitRun::kHex: return kMinHex;
    case DigitRun::kBits: return kMinBits;
  }
  return kMinBase64;
}

bool is_line_blank(char c) {
  return c == '\n' || c == '\r' || c == ' ' || c == '\t';
}

/// A run of base64 digits; lines of 16 and more may follow each other.
struct EncodedRun {
  std::size_t begin{0};
  std::size_t end{0};  ///< padding included
  std::string digits;
};

// The blanks between two lines of one run, or 0. One line end, with indentation.
std::size_t line_break(std::string_view text, std::size_t at) {
  std::size_t end = at;
  bool newline = false;
  while (end < text.size() && end - at < 16 && is_line_blank(text[end])) {
    newline = newline || text[end] == '\n';
    ++end;
  }
  return newline && end < text.size() && base64_digit(text[end]) < 64 ? end - at : 0;
}

EncodedRun base64_run(std::string_view text, std::size_t begin) {
  EncodedRun run{.begin = begin, .end = begin, .digits = {}};
  for (std::size_t at = begin;;) {
    const std::size_t line = at;
    while (at < text.size() && base64_digit(text[at]) < 64) {
      ++at;
    }
    run.digits.append(text.substr(line, at - line));
    run.end = at;
    const std::size_t gap = line_break(text, at);
    if (at - line < kMinBase64 || gap == 0) {
      break;
    }
    at += gap;
  }
  while (run.end < text.size() && run.end - begin < run.digits.size() + 4096 &&
         text[run.end] == '=') {
    ++run.end;
  }
  return run;
}

// Encoded prose has letters of both cases; identifiers and paths in one case are skipped before
// they cost anything.
bool has_both_cases(std::string_view digits) {
  const auto has = [digits](char first, char last) {
    return std::any_of(digits.begin(), digits.end(),
                       [&](char c) { return c >= first && c <= last; });
  };
  return has('a', 'z') && has('A', 'Z');
}

std::string from_base64(std::string_view digits) {
  std::string out;
  out.reserve((digits.size() * 3) / 4);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const char c : digits) {
    bits = (bits << 6U) | base64_digit(c);
    have += 6;
    if (have >= 8) {
      have -= 8;
      out.push_back(static_cast<char>((bits >> have) & 0xFFU));
    }
  }
  return out;
}

// Most runs are random bytes, and the first of those tell.
bool may_decode_to_text(std::string_view digits) {
  constexpr std::size_t kFirstDigits = 64;  // whole bytes
  return may_become_readable(from_base64(digits.substr(0, kFirstDigits)));
}

struct HexRun {
  std::size_t end{0};
  std::string bytes;
};

bool is_pair_separator(char c) {
  return c == ' ' || c == ':' || c == ',' || c == '-';
}

// Moves `at` past the separator; a comma may have a blank behind it.
bool skip_pair_separator(std::string_view text, std::size_t& at, char separator) {
  if (separator == '\0') {
    return true;
  }
  if (text[at] != separator) {
    return false;
  }
  ++at;
  if (separator == ',' && at < text.size() && text[at] == ' ') {
    ++at;
  }
  return true;
}

// Two digits, the same separator (or none) between all pairs; `0x` before a pair is skipped.
HexRun hex_run(std::string_view text, std::size_t begin) {
  HexRun run{.end = begin, .bytes = {}};
  char separator = '\0';
  for (std::size_t at = begin; at + 1 < text.size();) {
    if (run.bytes.size() == 1 && is_pair_separator(text[at])) {
      separator = text[at];
    }
    if (!run.bytes.empty() && !skip_pair_separator(text, at, separator)) {
      break;
    }
    if (text.substr(at, 2) == "0x" || text.substr(at, 2) == "0X") {
      at += 2;
    }
    if (at + 1 >= text.size() || hex_digit(text[at]) < 0 || hex_digit(text[at + 1]) < 0) {
      break;
    }
    run.bytes.push_back(static_cast<char>((hex_digit(text[at]) * 16) + hex_digit(text[at + 1])));
    at += 2;
    run.end = at;
  }
  return run;
}

}  // namespace

// Looks at the last byte that a run from `begin` would need, and back from there: in prose at every
// tenth byte or so, at no byte more than twice.
bool has_digit_run(std::string_view text, DigitRun kind) {
  const unsigned bit = 1U << static_cast<unsigned>(kind);
  const std::size_t size = shortest_run(kind);
  for (std::size_t begin = 0; text.size() - begin >= size;) {
    std::size_t at = begin + size;
    while (at > begin && (kRunKinds[static_cast<unsigned char>(text[at - 1])] & bit) != 0) {
      --at;
    }
    if (at == begin) {
      return true;
    }
    begin = at;
  }
  return false;
}

void decode_base64(std::string_view text, DecodeSink& sink) {
  if (!has_digit_run(text, DigitRun::kBase64)) {
    return;
  }
  for (std::size_t at = 0; at < text.size() && !sink.full();) {
    std::size_t word = at;
    while (word < text.size() && word - at < kMinBase64 && base64_digit(text[word]) < 64) {
      ++word;
    }
    if (word - at < kMinBase64) {
      at = word + 1;
      continue;
    }
    while (word < text.size() && base64_digit(text[word]) < 64) {
      ++word;
    }
    // Most are paths and names of one line in one case.
    if (!has_both_cases(text.substr(at, word - at)) && line_break(text, word) == 0) {
      at = word + 1;
      continue;
    }
    const EncodedRun run = base64_run(text, at);
    at = run.end;
    if (!has_both_cases(run.digits)) {
      continue;
    }
    // A word or slash may stand before the digits and shift them.
    for (std::size_t shift = 0; shift < 4; ++shift) {
      const std::string_view digits = std::string_view(run.digits).substr(shift);
      if (may_decode_to_text(digits) &&
          add_if_readable(from_base64(digits), run.begin, run.end, "base64", sink)) {
        break;
      }
    }
  }
}

void decode_hex(std::string_view text, DecodeSink& sink) {
  if (!has_digit_run(text, DigitRun::kHex)) {
    return;
  }
  for (std::size_t at = 0; at < text.size() && !sink.full();) {
    if (hex_digit(text[at]) < 0) {
      ++at;
      continue;
    }
    const HexRun run = hex_run(text, at);
    if (2 * run.bytes.size() >= kMinHex) {
      add_if_readable(run.bytes, at, run.end, "hex", sink);
    }
    at = run.end > at ? run.end : at + 1;
  }
}

void decode_binary_digits(std::string_view text, DecodeSink& sink) {
  if (!has_digit_run(text, DigitRun::kBits)) {
    return;
  }
  const auto is_bit = [](char c) { return c == '0' || c == '1'; };
  for (std::size_t at = 0; at < text.size() && !sink.full();) {
    if (!is_bit(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    std::string bits;
    std::size_t end = at;
    while (at < text.size() &&
           (is_bit(text[at]) || (is_line_blank(text[at]) && bits.size() % 8 == 0))) {
      if (is_bit(text[at])) {
        bits.push_back(text[at]);
        end = at + 1;
      }
      ++at;
    }
    if (bits.size() < kMinBits || bits.size() % 8 != 0) {
      continue;
    }
    std::string bytes;
    for (std::size_t i = 0; i < bits.size(); i += 8) {
      unsigned value = 0;
      for (std::size_t j = i; j < i + 8; ++j) {
        value = (value * 2) + (bits[j] == '1' ? 1U : 0U);
      }
      bytes.push_back(static_cast<char>(value));
    }
    add_if_readable(std::move(bytes), begin, end, "binary", sink);
  }
}

}  // namespace merlon
