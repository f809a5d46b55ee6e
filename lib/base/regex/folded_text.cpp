#include "base/regex/folded_text.h"

#include <algorithm>

#include "base/text.h"
#include "base/unicode/unicode.h"

namespace merlon {
namespace {

constexpr std::array<char, 128> make_ascii_fold() {
  std::array<char, 128> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const bool blank = i == ' ' || (i >= 0x09 && i <= 0x0D);
    const bool upper = i >= 'A' && i <= 'Z';
    table[i] = static_cast<char>(blank ? ' ' : upper ? i + ('a' - 'A') : i);
  }
  return table;
}
constexpr std::array<char, 128> kAsciiFold = make_ascii_fold();

void set_bit(std::array<std::uint64_t, 4>& bits, unsigned char byte) {
  bits[byte >> 6U] |= std::uint64_t{1} << (byte & 63U);
}

}  // namespace

void FoldedText::put(char byte) {
  buffer_[size_++] = byte;
  set_bit(folded_bytes_, static_cast<unsigned char>(byte));
}

void FoldedText::note_source(std::size_t source) {
  const std::size_t expected =
      pieces_.empty() ? size_ : size_ - pieces_.back().at + pieces_.back().source;
  if (expected == source) {
    return;
  }
  pieces_.push_back({static_cast<std::uint32_t>(size_), static_cast<std::uint32_t>(source)});
}

void FoldedText::assign(std::string_view source) {
  // A folded code point is never longer than twice its source (U+0131 and friends stay as they
  // are).
  buffer_.resize((2 * source.size()) + kPadding);
  size_ = 0;
  source_size_ = source.size();
  pieces_.clear();
  source_bytes_ = {};
  folded_bytes_ = {};
  bool after_blank = false;
  std::string encoded;
  for (std::size_t at = 0; at < source.size();) {
    const auto byte = static_cast<unsigned char>(source[at]);
    set_bit(source_bytes_, byte);
    if (byte < 0x80) {
      const char folded = kAsciiFold[byte];
      if (folded != ' ' || !after_blank) {
        note_source(at);
        put(folded);
      }
      after_blank = folded == ' ';
      ++at;
      continue;
    }
    const std::size_t begin = at;
    const char32_t c = next_code_point(source, at);
    for (std::size_t i = begin + 1; i < at; ++i) {
      set_bit(source_bytes_, static_cast<unsigned char>(source[i]));
    }
    if (is_blank(c)) {
      if (!after_blank) {
        note_source(begin);
        put(' ');
      }
      after_blank = true;
      continue;
    }
    after_blank = false;
    note_source(begin);
    encoded.clear();
    append_utf8(encoded, fold_case(c));
    for (const char out : encoded) {
      put(out);
    }
  }
  note_source(source.size());
  std::fill_n(buffer_.begin() + static_cast<std::ptrdiff_t>(size_), kPadding, '\0');
}

std::size_t FoldedText::source_of(std::size_t at) const {
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), at,
                       [](std::size_t x, const Piece& piece) { return x < piece.at; });
  if (after == pieces_.begin()) {
    return std::min(at, source_size_);
  }
  const Piece& piece = *(after - 1);
  return std::min<std::size_t>(at - piece.at + piece.source, source_size_);
}

std::string fold_text(std::string_view text) {
  FoldedText folded;
  folded.assign(text);
  return std::string(folded.text());
}

}  // namespace merlon
