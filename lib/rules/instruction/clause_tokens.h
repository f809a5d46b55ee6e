#pragma once
/// The tokens of a clause: words as stems; addresses, paths, numbers and identifiers as classes;
/// Chinese, Japanese and Korean as pairs of characters. scripts/model/features.py (`tokens`) does
/// the same.
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/instruction/instruction_model.h"

namespace merlon {

enum class TokenKind : std::uint8_t {
  kWord,
  kPair,
  kUrl,
  kMail,
  kPath,
  kTag,
  kMoney,
  kNumber,
  kBigNumber,
  kIdentifier
};

struct ClauseToken {
  std::uint64_t surface{0};  ///< hash of the lower-cased letters
  std::uint64_t stem{0};     ///< hash of the stem, or of the class's name
  std::uint32_t begin{0};    ///< letters of the clause
  std::uint32_t end{0};
  std::uint32_t word_flags{0};  ///< WordFlag
  std::uint32_t stem_slot{0};   ///< in the model's stems; their number for none
  std::uint8_t stem_flags{0};   ///< StemFlag
  TokenKind kind{TokenKind::kWord};
  bool capital{false};
  bool ascii{true};
  bool ends_in_ly{false};
  bool content{false};  ///< counts as a word with a meaning of its own
};

/// "<url>" for an address, and so on; empty for words and pairs.
[[nodiscard]] std::string_view token_class_name(TokenKind kind);

/// Appends the tokens of `clause`. Linear.
void read_tokens(const InstructionModel& model, std::u32string_view clause,
                 std::vector<ClauseToken>& out);

}  // namespace merlon
