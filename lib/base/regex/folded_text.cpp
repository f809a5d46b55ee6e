#include "base/regex/folded_text.h"

#include <algorithm>
#include <cstring>

#include "base/byte_search.h"
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

constexpr std::size_t kFoldedBlock = sizeof(ByteVector);  // bytes that are folded at once

/// Bytes of ASCII that were seen, without a way through memory for each.
class AsciiSeen {
 public:
  void add(unsigned char byte) {
    const std::uint64_t low = (std::uint64_t{byte} >> 6U) - 1;  // all ones below 64
    const std::uint64_t bit = std::uint64_t{1} << (byte & 63U);
    low_ |= bit & low;
    high_ |= bit & ~low;
  }
  void add_all(std::string_view bytes) {
    for (const char byte : bytes) {
      add(static_cast<unsigned char>(byte));
    }
  }
  [[nodiscard]] std::uint64_t low() const { return low_; }
  [[nodiscard]] std::uint64_t high() const { return high_; }

 private:
  std::uint64_t low_{0};
  std::uint64_t high_{0};
};

/// Sixteen bytes of ASCII without control characters, and no two blanks in a row: none goes, none
/// but capitals changes. `source` has them at `at`; `after_blank` says whether a blank came before,
/// and then whether one was last.
bool fold_block(const char* source, std::size_t at, char* out, bool& after_blank) {
  ByteVector bytes = load_bytes(source + at);
  ByteVector before{};
  if (at > 0) {
    before = load_bytes(source + at - 1);
  } else {
    std::memcpy(reinterpret_cast<char*>(&before) + 1, source, kFoldedBlock - 1);
  }
  const auto other = (bytes < 0x20) | (bytes >= 0x80) | ((bytes == ' ') & (before == ' '));
  if (holds_somewhere(other) || (after_blank && bytes[0] == ' ')) {
    return false;
  }
  const auto capitals = (bytes >= 'A') & (bytes <= 'Z');
  bytes |= reinterpret_cast<const ByteVector&>(capitals) & 0x20;
  std::memcpy(out, &bytes, kFoldedBlock);
  after_blank = bytes[kFoldedBlock - 1] == ' ';
  return true;
}

// Of long texts the bytes are noted in a pass of their own, which takes one store for each.
constexpr std::size_t kLongSource = 512;

std::array<std::uint64_t, 4> kinds_of_bytes(std::string_view source) {
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
    if (source.size() - at >= kFoldedBlock &&
        fold_block(source.data(), at, buffer_.data() + size_, after_blank)) {
      if (!noted) {
        seen.add_all(source.substr(at, kFoldedBlock));
      }
      note_source(at);
      size_ += kFoldedBlock;
      at += kFoldedBlock;
      continue;
    }
    const std::size_t end = std::min(at + kFoldedBlock, source.size());
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
  source_bytes_ = source.size() >= kLongSource ? kinds_of_bytes(source) : decltype(source_bytes_){};
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
