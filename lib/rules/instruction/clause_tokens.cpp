#include "rules/instruction/clause_tokens.h"

#include <algorithm>
#include <array>
#include <string>

#include "rules/instruction/letters.h"
#include "rules/instruction/stem.h"

namespace merlon {
namespace {

constexpr std::array<std::string_view, 10> kTokenClassNames{
    "", "", "<url>", "<mail>", "<path>", "<tag>", "<money>", "<num>", "<big>", "<id>"};
constexpr std::size_t kStemLetters = 64;  // longer words are cut before their stem is taken
constexpr std::size_t kBigDigits = 4;

constexpr std::array<std::uint64_t, 10> class_hashes() {
  std::array<std::uint64_t, 10> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = hash_ascii(kTokenClassNames[i]);
  }
  return out;
}
constexpr std::array<std::uint64_t, 10> kClassHashes = class_hashes();

class TokenReader {
 public:
  TokenReader(const InstructionModel& model, std::u32string_view text,
              std::vector<ClauseToken>& out)
      : model_(model), text_(text), out_(out) {}

  void read() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = token_at(at);
      at = end == at ? at + 1 : end;
    }
  }

 private:
  /// The end of the token that begins at `at`, which is added; `at` when none does.
  std::size_t token_at(std::size_t at) {
    const char32_t c = text_[at];
    if (c == ' ') {
      return at;
    }
    if (c == '~' || c == '/') {
      return path(at);
    }
    if (c == '<') {
      return tag(at);
    }
    if (c == '$') {
      return money(at);
    }
    const bool word = is_word(c);
    if (!word && c != '.' && c != '+' && c != '-') {
      return at;
    }
    if (const std::size_t end = url(at); end != at) {
      return end;
    }
    if (const std::size_t end = mail(at); end != at) {
      return end;
    }
    if (!word) {
      return at;
    }
    return is_word_letter(c) ? letters(at) : identifier(at);
  }

  template <class Predicate>
  [[nodiscard]] std::size_t skip(std::size_t at, Predicate predicate) const {
    while (at < text_.size() && predicate(text_[at])) {
      ++at;
    }
    return at;
  }
  [[nodiscard]] bool stands(std::size_t at, std::u32string_view what) const {
    return text_.substr(at).starts_with(what);
  }

  std::size_t url(std::size_t at) {
    if (text_[at] != 'h' && text_[at] != 'w') {
      return at;
    }
    const std::size_t size = stands(at, U"https://")  ? 8U
                             : stands(at, U"http://") ? 7U
                             : stands(at, U"www.")    ? 4U
                                                      : 0U;
    if (size == 0) {
      return at;
    }
    const std::size_t end = skip(at + size, [](char32_t c) { return !is_space(c); });
    return end == at + size ? at : add(TokenKind::kUrl, at, end);
  }

  /// A run of address letters is looked through once, however many tokens begin in it.
  std::size_t mail(std::size_t at) {
    if (at >= run_end_) {
      run_end_ =
          skip(at, [](char32_t c) { return is_word(c) || c == '.' || c == '+' || c == '-'; });
      const bool sign = run_end_ > at && run_end_ < text_.size() && text_[run_end_] == '@';
      mail_end_ = sign ? host_end(run_end_ + 1) : 0;
    }
    return mail_end_ == 0 ? at : add(TokenKind::kMail, at, mail_end_);
  }

  /// The end of a host name with a dot in it; 0 for none.
  [[nodiscard]] std::size_t host_end(std::size_t at) const {
    const std::size_t dot = skip(at, [](char32_t c) { return is_word(c) || c == '-'; });
    if (dot == at || dot + 1 >= text_.size() || text_[dot] != '.') {
      return 0;
    }
    const std::size_t end = skip(dot + 1, [](char32_t c) { return is_word(c) || c == '.'; });
    return end > dot + 1 ? end : 0;
  }

  std::size_t path(std::size_t at) {
    const auto in_name = [](char32_t c) { return is_word(c) || c == '.' || c == '-'; };
    const bool home = text_[at] == '~';
    std::size_t end = home ? at + 1 : at;
    std::size_t parts = 0;
    while (end + 1 < text_.size() && text_[end] == '/' && in_name(text_[end + 1])) {
      end = skip(end + 1, in_name);
      ++parts;
    }
    if (parts >= 2) {
      return add(TokenKind::kPath, at, end < text_.size() && text_[end] == '/' ? end + 1 : end);
    }
    if (home && stands(at, U"~/")) {
      end = skip(at + 2, [&](char32_t c) { return in_name(c) || c == '/'; });
      if (end > at + 2) {
        return add(TokenKind::kPath, at, end);
      }
    }
    return at;
  }

  std::size_t tag(std::size_t at) {
    std::size_t name = at + 1;
    if (name < text_.size() && text_[name] == '/') {
      ++name;
    }
    if (name >= text_.size() || !is_ascii_letter(text_[name])) {
      return at;
    }
    const std::size_t end =
        skip(name, [](char32_t c) { return is_word(c) || c == ':' || c == '-'; });
    return end < text_.size() && text_[end] == '>' ? add(TokenKind::kTag, at, end + 1) : at;
  }

  std::size_t money(std::size_t at) {
    if (at + 1 >= text_.size() || !is_decimal_digit(text_[at + 1])) {
      return at;
    }
    const std::size_t end =
        skip(at + 2, [](char32_t c) { return is_decimal_digit(c) || c == ',' || c == '.'; });
    return add(TokenKind::kMoney, at, end);
  }

  std::size_t letters(std::size_t at) {
    const auto in_word = [](char32_t c) { return is_word_letter(c); };
    std::size_t end = skip(at, in_word);
    if (end + 1 < text_.size() && text_[end] == '\'' && is_word_letter(text_[end + 1])) {
      end = skip(end + 1, in_word);
    }
    const std::u32string_view token = text_.substr(at, end - at);
    if (std::any_of(token.begin(), token.end(), is_cjk)) {
      return pairs(at, end);
    }
    return add(TokenKind::kWord, at, end);
  }

  /// Begins with a digit or an underscore.
  std::size_t identifier(std::size_t at) {
    const std::size_t end = skip(at, [](char32_t c) { return is_word(c); });
    const std::u32string_view token = text_.substr(at, end - at);
    if (std::all_of(token.begin(), token.end(), is_decimal_digit)) {
      return add(token.size() >= kBigDigits ? TokenKind::kBigNumber : TokenKind::kNumber, at, end);
    }
    return add(TokenKind::kIdentifier, at, end);
  }

  std::size_t pairs(std::size_t at, std::size_t end) {
    if (end - at == 1) {
      return add(TokenKind::kPair, at, end);
    }
    for (std::size_t i = at; i + 1 < end; ++i) {
      add(TokenKind::kPair, i, i + 2);
    }
    return end;
  }

  std::size_t add(TokenKind kind, std::size_t begin, std::size_t end) {
    ClauseToken token;
    token.kind = kind;
    token.begin = static_cast<std::uint32_t>(begin);
    token.end = static_cast<std::uint32_t>(end);
    read_surface(token);
    const std::size_t word = find_slot(model_.words, token.surface);
    token.word_flags = word < model_.words.size() ? model_.words[word].flags : 0;
    token.stem_slot = static_cast<std::uint32_t>(find_slot(model_.stems, token.stem));
    token.stem_flags = token.stem_slot < model_.stems.size() ? model_.stems[token.stem_slot].flags
                                                             : std::uint8_t{0};
    token.content = (kind == TokenKind::kWord || kind == TokenKind::kPair) &&
                    (token.word_flags & (kWordStop | kWordPolite)) == 0 &&
                    (end - begin > 2 || !token.ascii);
    out_.push_back(token);
    return end;
  }

  void read_surface(ClauseToken& token) {
    const std::u32string_view letters = text_.substr(token.begin, token.end - token.begin);
    lower_.resize(letters.size());
    std::uint64_t hash = kHashSeed;
    char32_t all = 0;
    for (std::size_t at = 0; at < letters.size(); ++at) {
      char32_t c = letters[at];
      // Pairs keep their case: they are characters, not words.
      if (token.kind != TokenKind::kPair) {
        c = c < 0x80 ? c | (c >= 'A' && c <= 'Z' ? 0x20U : 0U) : to_lower(c);
      }
      all |= c;
      hash = hash_step(hash, c);
      lower_[at] = c;
    }
    token.ascii = all < 0x80;
    token.surface = finish_hash(hash);
    if (token.kind == TokenKind::kWord) {
      token.capital = is_upper(text_[token.begin]);
      token.ends_in_ly = lower_.ends_with(U"ly");
      token.stem = Stem(std::u32string_view(lower_).substr(0, kStemLetters)).hash();
    } else if (token.kind == TokenKind::kPair) {
      token.stem = token.surface;
    } else {
      token.capital = is_upper(text_[token.begin]);
      token.stem = kClassHashes[static_cast<std::size_t>(token.kind)];
    }
  }

  const InstructionModel& model_;
  std::u32string_view text_;
  std::vector<ClauseToken>& out_;
  std::u32string lower_;
  std::size_t run_end_{0};
  std::size_t mail_end_{0};
};

}  // namespace

std::string_view token_class_name(TokenKind kind) {
  return kTokenClassNames[static_cast<std::size_t>(kind)];
}

void read_tokens(const InstructionModel& model, std::u32string_view clause,
                 std::vector<ClauseToken>& out) {
  TokenReader(model, clause, out).read();
}

}  // namespace merlon
