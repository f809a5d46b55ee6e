#pragma once
/// What the lexicon says about a word (rules/data/instruction-lexicon.txt): one bit for each
/// section.
#include <cstdint>

namespace merlon {

/// Of a lower-cased surface form.
enum WordFlag : std::uint32_t {
  kWordVerb = 1U << 0U,
  kWordWh = 1U << 1U,
  kWordPolite = 1U << 2U,
  kWordLead = 1U << 3U,
  kWordJoin = 1U << 4U,
  kWordRunOn = 1U << 5U,
  kWordStop = 1U << 6U,
  kWordSecond = 1U << 7U,
  kWordReply = 1U << 8U,
  kWordUser = 1U << 9U,
  kWordSpam = 1U << 10U,
  kWordNegation = 1U << 11U,
  kWordModal = 1U << 12U,
  kWordMust = 1U << 13U,
  kWordEnsure = 1U << 14U,
  kWordFirstLanguage = 1U << 15U,  ///< function words: this bit shifted by a FunctionLanguage
  kWordDeterminer = 1U << 21U,
  kWordParticle = 1U << 22U,
  kWordNoVerb = 1U << 23U,
};

/// Languages with a list of function words, in the order in which a tie is decided.
enum class FunctionLanguage : std::uint8_t {
  kGerman,
  kSpanish,
  kFrench,
  kRussian,
  kItalian,
  kPortuguese
};
inline constexpr unsigned kFunctionLanguages = 6;

/// Of a stem; the two lowest bits hold the vocabulary bucket.
enum StemFlag : std::uint8_t {
  kStemBucket = 3,
  kStemHarm = 1U << 2U,
  kStemExfil = 1U << 3U,
  kStemSens = 1U << 4U,
  kStemOrg = 1U << 5U,
};

/// The language of a clause.
enum class ClauseLanguage : std::uint8_t {
  kEnglish,
  kGerman,
  kSpanish,
  kFrench,
  kRussian,
  kItalian,
  kPortuguese,
  kChinese,
  kJapanese,
  kKorean,
};

/// What a clause has: one bit for each `c:` feature.
enum class ClauseClass : std::uint8_t {
  kImp,  ///< begins with a verb
  kQ,    ///< ends with a question mark
  kWh,   ///< begins with a question word
  kHarm,
  kHarm2,
  kExfil,
  kSens,
  kSens2,
  kOrg,
  kOrg2,
  kYourReply,  ///< speaks of what the reader answers
  kSecond,
  kUser,
  kSpam,
  kUrl,
  kMail,
  kPath,
  kMoney,
  kBig,
  kTag,
  kIdNum,  ///< `ID 4711`
  kNames,  ///< two capitalised words in a row
  kCapMid,
  kNeg,
  kProhib,  ///< begins with a prohibition
  kYouMust,
  kModal,
  kEnsure,
  kParen,
  kTick,
  kQuote,
  kColon,
  kLead,
  kDot,
  kIllus,  ///< begins with a quotation mark
  kLower0,
  kNonEn,
  kLangMix,  ///< in another language than most of the tool
  kReply,
  kCount,
};

/// A set of ClauseClass.
using ClauseClasses = std::uint64_t;
[[nodiscard]] constexpr ClauseClasses class_bit(ClauseClass value) {
  return ClauseClasses{1} << static_cast<unsigned>(value);
}
[[nodiscard]] constexpr bool has_class(ClauseClasses set, ClauseClass value) {
  return (set & class_bit(value)) != 0;
}

}  // namespace merlon
