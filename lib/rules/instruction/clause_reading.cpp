#include "rules/instruction/clause_reading.h"

#include <algorithm>
#include <array>
#include <string>

#include "rules/instruction/letters.h"

namespace merlon {
namespace {

constexpr std::uint64_t kId = hash_ascii("id");
constexpr std::uint64_t kDo = hash_ascii("do");
constexpr std::uint64_t kNot = hash_ascii("not");
constexpr std::uint64_t kNever = hash_ascii("never");
constexpr std::uint64_t kDont = hash_ascii("don't");
constexpr std::size_t kImperativeWords = 3;  // where another language has its imperative
constexpr unsigned kRussianLetters = 4;

/// Counts what decides the language.
class LanguageVote {
 public:
  void add(const ClauseToken& token) {
    ++tokens_;
    const std::uint32_t languages = token.word_flags / kWordFirstLanguage;
    for (unsigned i = 0; languages != 0 && i < kFunctionLanguages; ++i) {
      votes_[i] += (languages >> i) & 1U;
    }
  }

  [[nodiscard]] ClauseLanguage decide(std::u32string_view text) const {
    if (const auto script = by_script(text); script != ClauseLanguage::kEnglish) {
      return script;
    }
    auto best = ClauseLanguage::kEnglish;
    unsigned most = 1;
    for (unsigned i = 0; i < kFunctionLanguages; ++i) {
      if (votes_[i] > most && votes_[i] * 4 >= tokens_) {
        best = static_cast<ClauseLanguage>(i + 1);
        most = votes_[i];
      }
    }
    return best;
  }

 private:
  static ClauseLanguage by_script(std::u32string_view text) {
    bool kana = false;
    bool hangul = false;
    bool han = false;
    unsigned cyrillic = 0;
    for (const char32_t c : text) {
      if (c < 0x400) {
        continue;
      }
      kana = kana || (c >= 0x3040 && c <= 0x30FF);
      hangul = hangul || (c >= 0xAC00 && c <= 0xD7AF);
      han = han || is_cjk(c);
      cyrillic += c <= 0x4FF ? 1U : 0U;
    }
    if (kana) {
      return ClauseLanguage::kJapanese;
    }
    if (hangul) {
      return ClauseLanguage::kKorean;
    }
    if (han) {
      return ClauseLanguage::kChinese;
    }
    return cyrillic >= kRussianLetters ? ClauseLanguage::kRussian : ClauseLanguage::kEnglish;
  }

  std::array<unsigned, kFunctionLanguages> votes_{};
  unsigned tokens_{0};
};

class ClauseReader {
 public:
  ClauseReader(const InstructionModel& model, std::u32string_view text, ClauseReading& out)
      : model_(model), text_(text), out_(out), core_(out.core) {}

  void read(std::span<const ClauseToken> tokens) {
    out_.classes = 0;
    take_core(tokens);
    read_words();
    read_forms();
    read_neighbours();
    read_letters();
    LanguageVote vote;
    for (const ClauseToken* token : core_) {
      vote.add(*token);
    }
    out_.language = vote.decide(text_);
    if (out_.language != ClauseLanguage::kEnglish) {
      set(ClauseClass::kNonEn);
      read_foreign_words();
    }
  }

 private:
  void set(ClauseClass value) { out_.classes |= class_bit(value); }
  void set_if(bool condition, ClauseClass value) {
    if (condition) {
      set(value);
    }
  }

  void take_core(std::span<const ClauseToken> tokens) {
    constexpr std::uint32_t kOpening = kWordPolite | kWordLead;
    std::size_t at = 0;
    while (at + 1 < tokens.size() &&
           ((tokens[at].word_flags & kOpening) != 0 || tokens[at].kind == TokenKind::kTag)) {
      set_if((tokens[at].word_flags & kWordLead) != 0, ClauseClass::kLead);
      ++at;
    }
    core_.clear();
    for (const ClauseToken& token : tokens.subspan(at)) {
      if ((token.word_flags & kWordPolite) == 0) {
        core_.push_back(&token);
      }
    }
    if (core_.empty()) {
      for (const ClauseToken& token : tokens) {
        core_.push_back(&token);
      }
    }
  }

  void read_words() {
    std::uint32_t flags = 0;
    std::array<std::uint64_t, 4> first_stem{};
    constexpr std::array<std::array<ClauseClass, 2>, 4> kStemClasses{
        {{ClauseClass::kHarm, ClauseClass::kHarm2},
         {ClauseClass::kExfil, ClauseClass::kExfil},
         {ClauseClass::kSens, ClauseClass::kSens2},
         {ClauseClass::kOrg, ClauseClass::kOrg2}}};
    for (const ClauseToken* token : core_) {
      flags |= token->word_flags;
      read_kind(token->kind);
      for (std::size_t i = 0; i < kStemClasses.size(); ++i) {
        if (((token->stem_flags >> (2U + i)) & 1U) == 0) {
          continue;
        }
        const bool another = first_stem[i] != 0 && first_stem[i] != token->stem;
        set(kStemClasses[i][0]);
        set_if(another, kStemClasses[i][1]);
        first_stem[i] = first_stem[i] == 0 ? token->stem : first_stem[i];
      }
    }
    set_if((flags & kWordSecond) != 0, ClauseClass::kSecond);
    set_if((flags & kWordSecond) != 0 && (flags & kWordReply) != 0, ClauseClass::kYourReply);
    set_if((flags & kWordUser) != 0, ClauseClass::kUser);
    set_if((flags & kWordModal) != 0, ClauseClass::kModal);
    set_if((flags & kWordEnsure) != 0, ClauseClass::kEnsure);
    set_if((flags & kWordNegation) != 0, ClauseClass::kNeg);
    set_if((flags & kWordSpam) != 0, ClauseClass::kSpam);
  }

  void read_kind(TokenKind kind) {
    switch (kind) {
      case TokenKind::kUrl:
        set(ClauseClass::kUrl);
        set(ClauseClass::kSpam);
        break;
      case TokenKind::kMail: set(ClauseClass::kMail); break;
      case TokenKind::kPath: set(ClauseClass::kPath); break;
      case TokenKind::kMoney: set(ClauseClass::kMoney); break;
      case TokenKind::kBigNumber: set(ClauseClass::kBig); break;
      case TokenKind::kTag: set(ClauseClass::kTag); break;
      case TokenKind::kWord:
      case TokenKind::kPair:
      case TokenKind::kNumber:
      case TokenKind::kIdentifier: break;
    }
  }

  /// What the clause begins and ends with.
  void read_forms() {
    const ClauseToken& first = *core_.front();
    const ClauseToken* second = core_.size() > 1 ? core_[1] : nullptr;
    const auto is_verb = [](const ClauseToken& token) {
      return (token.word_flags & kWordVerb) != 0;
    };
    set_if(is_verb(first) || (second != nullptr && first.ends_in_ly && is_verb(*second)),
           ClauseClass::kImp);
    set_if(looks_like_command(), ClauseClass::kImp);
    set_if((first.word_flags & kWordWh) != 0 || begins_with_wh(first), ClauseClass::kWh);
    set_if(first.surface == kNever || first.surface == kNot || first.surface == kDont ||
               (second != nullptr && first.surface == kDo && second->surface == kNot),
           ClauseClass::kProhib);
    const std::size_t last = text_.find_last_not_of(U" \"')");
    set_if(last != std::u32string_view::npos && (text_[last] == '?' || text_[last] == 0xFF1F),
           ClauseClass::kQ);
  }

  /// A word that is no known verb, but stands where one stands: `wreck the`, `hush up all`.
  [[nodiscard]] bool looks_like_command() const {
    const auto has = [&](std::size_t at, std::uint32_t flag) {
      return at < core_.size() && (core_[at]->word_flags & flag) != 0;
    };
    if (!has(1, kWordDeterminer) && !(has(1, kWordParticle) && has(2, kWordDeterminer))) {
      return false;
    }
    const ClauseToken& word = *core_.front();
    return word.kind == TokenKind::kWord && word.ascii && word.end - word.begin >= 3 &&
           (word.word_flags & (kWordNoVerb | kWordStop)) == 0 && !ends_as_other_form(word);
  }

  /// `wrecks`, `wrecking`, `wrecked`, `truly`
  [[nodiscard]] bool ends_as_other_form(const ClauseToken& token) const {
    const auto letter = [&](std::uint32_t back) { return to_lower(text_[token.end - back]); };
    return letter(1) == 's' || (letter(2) == 'e' && letter(1) == 'd') ||
           (letter(2) == 'l' && letter(1) == 'y') ||
           (letter(3) == 'i' && letter(2) == 'n' && letter(1) == 'g');
  }

  /// `what's`, `who's`.
  [[nodiscard]] bool begins_with_wh(const ClauseToken& token) const {
    const std::u32string_view word = text_.substr(token.begin, token.end - token.begin);
    const std::size_t apostrophe = word.find(U'\'');
    if (apostrophe == std::u32string_view::npos) {
      return false;
    }
    std::u32string low;
    for (const char32_t c : word.substr(0, apostrophe)) {
      low.push_back(to_lower(c));
    }
    const std::size_t slot = find_slot(model_.words, hash_word(low));
    return slot < model_.words.size() && (model_.words[slot].flags & kWordWh) != 0;
  }

  void read_neighbours() {
    bool capital = false;
    for (std::size_t at = 1; at < core_.size(); ++at) {
      const ClauseToken& before = *core_[at - 1];
      const ClauseToken& token = *core_[at];
      set_if(token.capital, ClauseClass::kCapMid);
      set_if(token.capital && capital, ClauseClass::kNames);
      capital = token.capital;
      set_if((token.word_flags & kWordMust) != 0 && (before.word_flags & kWordSecond) != 0,
             ClauseClass::kYouMust);
      const bool numbered = token.kind == TokenKind::kBigNumber ||
                            token.kind == TokenKind::kNumber ||
                            token.kind == TokenKind::kIdentifier;
      set_if(numbered && before.stem == kId, ClauseClass::kIdNum);
    }
  }

  void read_letters() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      switch (text_[at]) {
        case '(': set(ClauseClass::kParen); break;
        case '`': set(ClauseClass::kTick); break;
        case ':': set(ClauseClass::kColon); break;
        case '"': set(ClauseClass::kQuote); break;
        case '\'': set_if(!is_contraction(at), ClauseClass::kQuote); break;
        default: break;
      }
    }
    set_if(text_.back() == '.' || text_.back() == '!', ClauseClass::kDot);
    set_if(std::u32string_view(U"\"'\x201C\x00AB\x300C`").find(text_.front()) !=
               std::u32string_view::npos,
           ClauseClass::kIllus);
    set_if(is_lower(text_.front()), ClauseClass::kLower0);
  }

  /// The apostrophe of `n't` or `'s`.
  [[nodiscard]] bool is_contraction(std::size_t at) const {
    if (at + 1 >= text_.size()) {
      return false;
    }
    return text_[at + 1] == 's' || (at > 0 && text_[at - 1] == 'n' && text_[at + 1] == 't');
  }

  void read_foreign_words() {
    const ClauseLanguage language = out_.language;
    if (language == ClauseLanguage::kChinese || language == ClauseLanguage::kJapanese) {
      for (const ForeignPart& part : model_.foreign_parts) {
        set_if(text_.find(part.part) != std::u32string_view::npos, part.meaning);
      }
      return;
    }
    for (std::size_t at = 0; at < core_.size(); ++at) {
      low_.clear();
      for (const char32_t c : text_.substr(core_[at]->begin, core_[at]->end - core_[at]->begin)) {
        low_.push_back(to_lower(c));
      }
      for (const ForeignWord& word : model_.foreign_words) {
        if (word.language != language ||
            (word.meaning == ClauseClass::kImp && at >= kImperativeWords)) {
          continue;
        }
        set_if(word.whole ? low_ == word.word : low_.starts_with(word.word), word.meaning);
      }
    }
  }

  const InstructionModel& model_;
  std::u32string_view text_;
  ClauseReading& out_;
  std::vector<const ClauseToken*>& core_;
  std::u32string low_;
};

}  // namespace

void read_clause(const InstructionModel& model, std::u32string_view text,
                 std::span<const ClauseToken> tokens, ClauseReading& out) {
  ClauseReader(model, text, out).read(tokens);
}

ClauseLanguage language_of(std::u32string_view text, std::span<const ClauseToken> tokens) {
  LanguageVote vote;
  for (const ClauseToken& token : tokens) {
    vote.add(token);
  }
  return vote.decide(text);
}

}  // namespace merlon
