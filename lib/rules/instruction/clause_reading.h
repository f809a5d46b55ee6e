#pragma once
/// What can be said of one clause without looking at what is around it: its core words, language
/// and classes.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "rules/instruction/clause_tokens.h"
#include "rules/instruction/word_class.h"

namespace merlon {

struct ClauseReading {
  /// Tokens without politeness and lead-ins; never empty.
  std::vector<const ClauseToken*> core;
  ClauseClasses classes{0};
  ClauseLanguage language{ClauseLanguage::kEnglish};
};

/// Reads a clause with at least one token into `out`, whose memory is used again.
void read_clause(const InstructionModel& model, std::u32string_view text,
                 std::span<const ClauseToken> tokens, ClauseReading& out);

/// The language of all of a clause's tokens, politeness included.
[[nodiscard]] ClauseLanguage language_of(std::u32string_view text,
                                         std::span<const ClauseToken> tokens);

}  // namespace merlon
