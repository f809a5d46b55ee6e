#pragma once
/// The learned weights and word lists as tables in read-only data: nothing is read, parsed or
/// allocated at a start.
///
/// Made at build time from rules/data/instruction-model.tsv and instruction-lexicon.txt by the
/// model compiler (scripts/cmake/MerlonInstructionModel.cmake). What the model is and how good:
/// docs/model-card.md.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "rules/instruction/feature_hash.h"
#include "rules/instruction/word_class.h"

namespace merlon {

struct StemSlot {
  std::uint32_t check{0};
  std::int16_t tool{0};   ///< weight of `w:` in tools
  std::int16_t text{0};   ///< and in free texts
  std::uint8_t flags{0};  ///< StemFlag
};

struct FeatureSlot {
  std::uint32_t check{0};
  std::int16_t tool{0};
  std::int16_t text{0};
};

struct WordSlot {
  std::uint32_t check{0};
  std::uint32_t flags{0};  ///< WordFlag
};

/// A word of another language that stands for a class.
struct ForeignWord {
  ClauseLanguage language{ClauseLanguage::kEnglish};
  ClauseClass meaning{ClauseClass::kHarm};
  bool whole{false};  ///< else any word that begins so
  std::u32string_view word;
};

/// For Chinese and Japanese: anywhere in the clause.
struct ForeignPart {
  ClauseClass meaning{ClauseClass::kHarm};
  std::u32string_view part;
};

/// Immutable; safe from many threads. Tables have a power of two of slots and are never full.
struct InstructionModel {
  std::span<const StemSlot> stems;
  std::span<const FeatureSlot> features;
  std::span<const WordSlot> words;
  std::span<const ForeignWord> foreign_words;
  std::span<const ForeignPart> foreign_parts;
  int tool_bias{0};
  int tool_threshold{0};
  int text_bias{0};
  int text_threshold{0};
  std::string_view half;  ///< of the development corpora that it was trained on: "A", "B", "AB"
};

[[nodiscard]] const InstructionModel& built_in_instruction_model();

/// The slot of `hash`, or the table's size for none.
template <class Slot>
[[nodiscard]] std::size_t find_slot(std::span<const Slot> table, std::uint64_t hash) {
  const std::uint32_t check = hash_check(hash);
  const std::size_t mask = table.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    if (table[at].check == check) {
      return at;
    }
    if (table[at].check == 0) {
      return table.size();
    }
  }
}

}  // namespace merlon
