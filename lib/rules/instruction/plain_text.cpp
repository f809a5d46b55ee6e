#include "rules/instruction/plain_text.h"

#include <span>
#include <string>

#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

bool is_left_out(char32_t c) {
  return c >= 0xAD && (c == 0xAD || c == 0x180E || c == 0xFEFF || (c >= 0x200B && c <= 0x200F) ||
                       (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2064) ||
                       (c >= 0x2066 && c <= 0x2069) || (c >= 0xE0000 && c <= 0xE007F));
}

/// Vowels and finals of decomposed Hangul, which NFKC joins with the letter before.
bool joins_before(char32_t c) {
  return c >= 0x300 && (is_mark(c) || (c >= 0x1161 && c <= 0x11FF));
}

/// Replaces letters [first, end) by their NFKC form; all of it stands for the first one's byte.
void normalise_cluster(PlainText& text, std::size_t first) {
  const std::uint32_t source = text.source[first];
  std::string composed;
  append_nfkc(composed, std::span(text.letters).subspan(first));
  text.letters.resize(first);
  text.source.resize(first);
  for (std::size_t at = 0; at < composed.size();) {
    text.letters.push_back(next_code_point(composed, at));
    text.source.push_back(source);
  }
}

bool is_plain_ascii(std::string_view text) {
  unsigned char all = 0;
  for (const char c : text) {
    all = static_cast<unsigned char>(all | static_cast<unsigned char>(c));
  }
  return all < 0x80;
}

void widen(std::string_view text, PlainText& out) {
  out.letters.resize(text.size());
  out.source.resize(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    out.letters[at] = static_cast<unsigned char>(text[at]);
    out.source[at] = static_cast<std::uint32_t>(at);
  }
}

}  // namespace

void read_plain(std::string_view text, PlainText& out) {
  out.clear();
  for (std::size_t at = 0; at < text.size();) {
    out.source.push_back(static_cast<std::uint32_t>(at));
    out.letters.push_back(next_code_point(text, at));
  }
  out.source.push_back(static_cast<std::uint32_t>(text.size()));
}

void read_normal(std::string_view text, PlainText& out) {
  out.clear();
  if (is_plain_ascii(text)) {
    widen(text, out);
    out.source.push_back(static_cast<std::uint32_t>(text.size()));
    return;
  }
  std::size_t cluster = 0;
  bool inert = true;
  for (std::size_t at = 0; at < text.size();) {
    const auto source = static_cast<std::uint32_t>(at);
    const char32_t c = next_code_point(text, at);
    if (is_left_out(c)) {
      continue;
    }
    const bool joins = joins_before(c);
    if (!joins) {
      if (!inert) {
        normalise_cluster(out, cluster);
      }
      cluster = out.letters.size();
      inert = true;
    }
    inert = inert && is_nfkc_inert(c) && !joins;
    out.letters.push_back(c);
    out.source.push_back(source);
  }
  if (!inert) {
    normalise_cluster(out, cluster);
  }
  out.source.push_back(static_cast<std::uint32_t>(text.size()));
}

}  // namespace merlon
