#include "base/regex/folded_text.h"

#include <algorithm>
#include <bit>
#include <cstring>

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

constexpr std::size_t kBlock = 8;  // bytes that are folded at once
constexpr std::uint64_t kEach = 0x0101010101010101ULL;
constexpr std::uint64_t kTops = 0x80ULL * kEach;

std::uint64_t load_block(const char* bytes) {
  std::uint64_t block = 0;
  std::memcpy(&block, bytes, kBlock);
  return block;
}

/// Bytes of ASCII that were seen, without a way through memory for each.
class AsciiSeen {
 public:
  void add(unsigned char byte) {
    const std::uint64_t low = (std::uint64_t{byte} >> 6U) - 1;  // all ones below 64
    const std::uint64_t bit = std::uint64_t{1} << (byte & 63U);
    low_ |= bit & low;
    high_ |= bit & ~low;
  }
  void add_block(std::uint64_t block) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      add(static_cast<unsigned char>((block >> shift) & 0xFFU));
    }
  }
  [[nodiscard]] std::uint64_t low() const { return low_; }
  [[nodiscard]] std::uint64_t high() const { return high_; }

 private:
  std::uint64_t low_{0};
  std::uint64_t high_{0};
};

/// Eight bytes of ASCII without control characters, and no two blanks in a row: none goes, none but
/// capitals changes. `after_blank` says whether a blank came before, and then whether one was last.
bool fold_block(std::uint64_t& block, bool& after_blank) {
  static_assert(std::endian::native == std::endian::little);
  if ((block & kTops) != 0 || ((block - (kEach * 0x20)) & ~block & kTops) != 0) {
    return false;
  }
  // No byte is above 0x7F: no sum carries into the next.
  const std::uint64_t blanks = ~((block ^ (kEach * ' ')) + (kEach * 0x7F)) & kTops;
  if ((blanks & ((blanks << 8U) | (after_blank ? 0x80U : 0U))) != 0) {
    return false;
  }
  const std::uint64_t from_a = block + (kEach * (0x80U - 'A'));
  const std::uint64_t above_z = block + (kEach * (0x80U - 'Z' - 1U));
  block |= (from_a & ~above_z & kTops) >> 2U;
  after_blank = (blanks >> 63U) != 0;
  return true;
}

// Of long texts the bytes are noted in a pass of their own, which takes one store for each.
constexpr std::size_t kLongSource = 512;

std::array<std::uint64_t, 4> bytes_of(std::string_view source) {
  std::array<bool, 256> seen{};
  for (const char c : source) {
    seen[static_cast<unsigned char>(c)] = true;
  }
  std::array<std::uint64_t, 4> out{};
  for (std::size_t byte = 0; byte < seen.size(); ++byte) {
    out[byte >> 6U] |= std::uint64_t{seen[byte]} << (byte & 63U);
  }
  return out;
}

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
  AsciiSeen seen;
  const bool noted = source.size() >= kLongSource;
  while (at < source.size()) {
    if (source.size() - at >= kBlock) {
      std::uint64_t block = load_block(source.data() + at);
      const std::uint64_t before = block;
      if (fold_block(block, after_blank)) {
        if (!noted) {
          seen.add_block(before);
        }
        note_source(at);
        std::memcpy(buffer_.data() + size_, &block, kBlock);
        size_ += kBlock;
        at += kBlock;
        continue;
      }
    }
    const std::size_t end = std::min(at + kBlock, source.size());
    while (at < end && static_cast<unsigned char>(source[at]) < 0x80) {
      const auto byte = static_cast<unsigned char>(source[at]);
      seen.add(byte);
      const char folded = kAsciiFold[byte];
      if (folded != ' ' || !after_blank) {
        after_blank = folded == ' ';
        note_source(at);
        put(folded);
      }
      ++at;
    }
    if (at < end) {
      break;
    }
  }
  source_bytes_[0] |= seen.low();
  source_bytes_[1] |= seen.high();
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
  source_bytes_ = source.size() >= kLongSource ? bytes_of(source) : decltype(source_bytes_){};
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

namespace {

// Looks at the last byte that a run would need, and back from there.
template <class Member>
bool has_run(std::string_view text, std::size_t count, Member is_member) {
  for (std::size_t begin = 0; text.size() - begin >= count;) {
    std::size_t at = begin + count;
    while (at > begin && is_member(static_cast<unsigned char>(text[at - 1]))) {
      --at;
    }
    if (at == begin) {
      return true;
    }
    begin = at;
  }
  return false;
}

}  // namespace

bool FoldedText::has_token_run(std::size_t count) const {
  return count == 0 || has_run(text(), count, [](unsigned char c) { return kTokenBytes[c]; });
}

bool FoldedText::may_have_digit_run(std::size_t count) const {
  constexpr std::uint64_t kDigits = 0x3FFULL << '0';
  if (count == 0 || !source_is_ascii()) {
    return true;
  }
  return (source_bytes_[0] & kDigits) != 0 &&
         has_run(text(), count, [](unsigned char c) { return c >= '0' && c <= '9'; });
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
