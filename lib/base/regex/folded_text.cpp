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

constexpr std::array<bool, 256> make_token_bytes() {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    table[i] = is_token_byte(static_cast<unsigned char>(i));
  }
  return table;
}
constexpr std::array<bool, 256> kTokenBytes = make_token_bytes();

void set_bit(std::array<std::uint64_t, 4>& bits, unsigned char byte) {
  bits[byte >> 6U] |= std::uint64_t{1} << (byte & 63U);
}

}  // namespace

void FoldedText::note_source(std::size_t source) {
  if (source - size_ == shift_) {
    return;
  }
  shift_ = source - size_;
  pieces_.push_back({static_cast<std::uint32_t>(size_), static_cast<std::uint32_t>(source)});
}

// Folds up to the next byte that is not ASCII.
std::size_t FoldedText::fold_ascii(std::string_view source, std::size_t at, bool& after_blank) {
  char* out = buffer_.data() + size_;
  std::array<std::uint64_t, 2> seen{};
  for (; at < source.size(); ++at) {
    const auto byte = static_cast<unsigned char>(source[at]);
    if (byte >= 0x80) {
      break;
    }
    seen[byte >> 6U] |= std::uint64_t{1} << (byte & 63U);
    const char folded = kAsciiFold[byte];
    if (folded == ' ' && after_blank) {
      continue;
    }
    after_blank = folded == ' ';
    size_ = static_cast<std::size_t>(out - buffer_.data());
    note_source(at);
    *out++ = folded;
  }
  size_ = static_cast<std::size_t>(out - buffer_.data());
  source_bytes_[0] |= seen[0];
  source_bytes_[1] |= seen[1];
  return at;
}

// What stands in the folded text, but for what folding made of other code points.
void FoldedText::fold_bytes() {
  constexpr std::uint64_t kBlanks = (std::uint64_t{1} << ' ') | (std::uint64_t{0x1F} << 9U);
  constexpr std::uint64_t kUpper = std::uint64_t{0x3FFFFFF} << ('A' - 64U);
  folded_bytes_[0] |= source_bytes_[0] & ~kBlanks;
  if ((source_bytes_[0] & kBlanks) != 0) {
    set_bit(folded_bytes_, ' ');
  }
  folded_bytes_[1] |= (source_bytes_[1] & ~kUpper) | ((source_bytes_[1] & kUpper) << ('a' - 'A'));
}

void FoldedText::assign(std::string_view source) {
  // A folded code point is never longer than twice its source (U+0131 and friends stay as they
  // are).
  buffer_.resize((2 * source.size()) + kPadding);
  size_ = 0;
  shift_ = 0;
  source_size_ = source.size();
  pieces_.clear();
  source_bytes_ = {};
  folded_bytes_ = {};
  bool after_blank = false;
  std::string encoded;
  for (std::size_t at = fold_ascii(source, 0, after_blank); at < source.size();
       at = fold_ascii(source, at, after_blank)) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(source, at);
    for (std::size_t i = begin; i < at; ++i) {
      set_bit(source_bytes_, static_cast<unsigned char>(source[i]));
    }
    if (is_blank(c)) {
      if (!after_blank) {
        note_source(begin);
        put(' ');
        set_bit(folded_bytes_, ' ');
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
      set_bit(folded_bytes_, static_cast<unsigned char>(out));
    }
  }
  fold_bytes();
  note_source(source.size());
  std::fill_n(buffer_.begin() + static_cast<std::ptrdiff_t>(size_), kPadding, '\0');
}

// Looks at the last byte that a run would need, and back from there.
bool FoldedText::has_token_run(std::size_t count) const {
  for (std::size_t begin = 0; size_ - begin >= count;) {
    std::size_t at = begin + count;
    while (at > begin && kTokenBytes[static_cast<unsigned char>(buffer_[at - 1])]) {
      --at;
    }
    if (at == begin) {
      return true;
    }
    begin = at;
  }
  return false;
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
