// Decoders of escapes that stand inside a text, and of invisible carriers.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/text.h"
#include "base/unicode/unicode.h"
#include "rules/decode_pieces.h"

namespace merlon {
namespace {

constexpr std::size_t kMinLetters = 3;  // escaped letters that nobody needs to escape
constexpr std::size_t kMinCarried = 4;

/// A text that is copied with its escapes replaced.
class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }

  void copy_byte() { copy(1); }
  /// Up to the next sign from here on, or to the end.
  void copy_until(char sign) { copy(std::min(text_.find(sign, at_), text_.size()) - at_); }
  void replace(std::size_t length, std::string_view bytes) {
    out_.derived.places.block(out_.derived.text.size(), at_, at_ + length);
    out_.derived.text.append(bytes);
    at_ += length;
    for (const char c : bytes) {
      const auto u = static_cast<unsigned char>(c);
      if (u >= 0x80 || (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z')) {
        ++letters_;
      }
    }
  }
  /// Escaped letters and digits, which only hiding needs to escape.
  [[nodiscard]] std::size_t letters() const { return letters_; }

  /// Adds the text as a reading unless it is no UTF-8.
  void finish(std::string layer, DecodeSink& sink) && {
    if (find_invalid_utf8(out_.derived.text)) {
      return;
    }
    out_.layers = {std::move(layer)};
    sink.add(std::move(out_));
  }

 private:
  void copy(std::size_t count) {
    if (count == 0) {
      return;
    }
    out_.derived.places.linear(out_.derived.text.size(), at_);
    out_.derived.text.append(text_.substr(at_, count));
    at_ += count;
  }

  std::string_view text_;
  std::size_t at_{0};
  std::size_t letters_{0};
  DecodedText out_;
};

int hex_pair(std::string_view text, std::size_t at) {
  if (at + 1 >= text.size() || hex_digit(text[at]) < 0 || hex_digit(text[at + 1]) < 0) {
    return -1;
  }
  return (hex_digit(text[at]) * 16) + hex_digit(text[at + 1]);
}

/// A percent sign alone is a rate: most texts that have one have no code.
bool has_percent_code(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    if (hex_pair(text, at + 1) > 0) {
      return true;
    }
  }
  return false;
}

/// A code point and the bytes of its escape.
struct Escape {
  char32_t c{0};
  std::size_t length{0};
};

std::optional<Escape> hex_number(std::string_view text, std::size_t begin, std::size_t max_digits) {
  char32_t value = 0;
  std::size_t at = begin;
  while (at < text.size() && at - begin < max_digits && hex_digit(text[at]) >= 0) {
    value = (value * 16) + static_cast<char32_t>(hex_digit(text[at]));
    ++at;
  }
  if (at == begin || value > 0x10FFFF) {
    return std::nullopt;
  }
  return Escape{.c = value, .length = at - begin};
}

// `\u0041`, `\u{41}`, `\U00000041`, `\x41`
std::optional<Escape> backslash_escape(std::string_view text) {
  if (text.size() < 4 || text[0] != '\\') {
    return std::nullopt;
  }
  if (text[1] == 'x') {
    const int pair = hex_pair(text, 2);
    return pair < 0 ? std::nullopt
                    : std::optional(Escape{.c = static_cast<char32_t>(pair), .length = 4});
  }
  if (text[1] == 'u' && text[2] == '{') {
    const auto number = hex_number(text, 3, 6);
    if (!number || 3 + number->length >= text.size() || text[3 + number->length] != '}') {
      return std::nullopt;
    }
    return Escape{.c = number->c, .length = number->length + 4};
  }
  if (text[1] != 'u' && text[1] != 'U') {
    return std::nullopt;
  }
  const std::size_t digits = text[1] == 'u' ? 4 : 8;
  const auto number = hex_number(text, 2, digits);
  if (!number || number->length != digits) {
    return std::nullopt;
  }
  return Escape{.c = number->c, .length = digits + 2};
}

struct NamedEntity {
  std::string_view name;
  char32_t c;
};
constexpr std::array kEntities{
    NamedEntity{"amp;", '&'},    NamedEntity{"lt;", '<'},     NamedEntity{"gt;", '>'},
    NamedEntity{"quot;", '"'},   NamedEntity{"apos;", '\''},  NamedEntity{"nbsp;", ' '},
    NamedEntity{"lpar;", '('},   NamedEntity{"rpar;", ')'},   NamedEntity{"colon;", ':'},
    NamedEntity{"sol;", '/'},    NamedEntity{"period;", '.'}, NamedEntity{"Tab;", '\t'},
    NamedEntity{"shy;", 0xAD},   NamedEntity{"num;", '#'},    NamedEntity{"excl;", '!'},
    NamedEntity{"lbrack;", '['}, NamedEntity{"lsqb;", '['},   NamedEntity{"NewLine;", '\n'}};

// `&lt;`, `&#65;`, `&#x41;`, with or without the semicolon for numbers
std::optional<Escape> html_entity(std::string_view text) {
  if (text.size() < 4 || text[0] != '&') {
    return std::nullopt;
  }
  if (text[1] != '#') {
    for (const NamedEntity& entity : kEntities) {
      if (text.substr(1).starts_with(entity.name)) {
        return Escape{.c = entity.c, .length = entity.name.size() + 1};
      }
    }
    return std::nullopt;
  }
  const bool hex = text[2] == 'x' || text[2] == 'X';
  std::size_t at = hex ? 3 : 2;
  const std::size_t first = at;
  char32_t value = 0;
  while (at < text.size() && at - first < 8 && hex_digit(text[at]) >= 0 &&
         (hex || hex_digit(text[at]) < 10)) {
    value = (value * (hex ? 16 : 10)) + static_cast<char32_t>(hex_digit(text[at]));
    ++at;
  }
  if (at == first || value == 0 || value > 0x10FFFF) {
    return std::nullopt;
  }
  if (at < text.size() && text[at] == ';') {
    ++at;
  }
  return Escape{.c = value, .length = at};
}

std::string to_utf8(char32_t c) {
  std::string out;
  append_utf8(out, c);
  return out;
}

}  // namespace

void decode_percent(std::string_view text, DecodeSink& sink) {
  if (!has_percent_code(text)) {
    return;
  }
  Rewriter rewriter(text);
  for (rewriter.copy_until('%'); !rewriter.at_end(); rewriter.copy_until('%')) {
    const int byte = hex_pair(rewriter.rest(), 1);
    if (byte > 0) {
      rewriter.replace(3, std::string(1, static_cast<char>(byte)));
    } else {
      rewriter.copy_byte();
    }
  }
  if (rewriter.letters() >= kMinLetters) {
    std::move(rewriter).finish("percent", sink);
  }
}

void decode_html_entities(std::string_view text, DecodeSink& sink) {
  if (text.find('&') == std::string_view::npos) {
    return;
  }
  Rewriter rewriter(text);
  bool tags = false;
  for (rewriter.copy_until('&'); !rewriter.at_end(); rewriter.copy_until('&')) {
    const auto entity = html_entity(rewriter.rest());
    if (entity) {
      tags = tags || entity->c == '<';
      rewriter.replace(entity->length, to_utf8(entity->c));
    } else {
      rewriter.copy_byte();
    }
  }
  // Escaped letters hide a text; an escaped `<` hides a tag that whatever shows the text may read
  // as one.
  if (tags || rewriter.letters() >= kMinLetters) {
    std::move(rewriter).finish("html-entity", sink);
  }
}

void decode_backslash_escapes(std::string_view text, DecodeSink& sink) {
  if (text.find('\\') == std::string_view::npos) {
    return;
  }
  Rewriter rewriter(text);
  char32_t high = 0;
  for (rewriter.copy_until('\\'); !rewriter.at_end(); rewriter.copy_until('\\')) {
    const auto escape = backslash_escape(rewriter.rest());
    if (!escape) {
      rewriter.copy_byte();
      continue;
    }
    char32_t c = escape->c;
    if (c >= 0xD800 && c < 0xDC00) {
      high = c;
      rewriter.replace(escape->length, {});
      continue;
    }
    if (c >= 0xDC00 && c < 0xE000 && high != 0) {
      c = 0x10000 + ((high - 0xD800) << 10U) + (c - 0xDC00);
    }
    high = 0;
    rewriter.replace(escape->length, to_utf8(c));
  }
  if (rewriter.letters() >= kMinLetters) {
    std::move(rewriter).finish("escape", sink);
  }
}

void decode_tags(std::string_view text, DecodeSink& sink) {
  std::string carried;
  std::size_t begin = 0;
  std::size_t end = 0;
  for (std::size_t at = text.find('\xF3'); at < text.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(text, at);
    if (c < 0xE0020 || c > 0xE007E) {
      continue;
    }
    if (carried.empty()) {
      begin = start;
    }
    end = at;
    carried.push_back(static_cast<char>(c - 0xE0000));
  }
  if (carried.size() >= kMinCarried) {
    sink.add_piece(std::move(carried), begin, end, {"unicode-tags"});
  }
}

void decode_variation_selectors(std::string_view text, DecodeSink& sink) {
  if (text.find('\xEF') == std::string_view::npos && text.find('\xF3') == std::string_view::npos) {
    return;
  }
  std::string carried;
  std::size_t begin = 0;
  std::size_t end = 0;
  const auto flush = [&] {
    if (carried.size() >= kMinCarried && is_readable(carried)) {
      sink.add_piece(carried, begin, end, {"variation-selectors"});
    }
    carried.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(text, at);
    const bool low = c >= 0xFE00 && c <= 0xFE0F;
    const bool high = c >= 0xE0100 && c <= 0xE01EF;
    if (!low && !high) {
      flush();
      continue;
    }
    if (carried.empty()) {
      begin = start;
    }
    end = at;
    carried.push_back(static_cast<char>(low ? c - 0xFE00 : c - 0xE0100 + 16));
  }
  flush();
}

}  // namespace merlon
