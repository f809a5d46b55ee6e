#pragma once
/// Kinds of personal data with how sure a find is. docs/guards/pii.md has the table.
#include <span>
#include <string_view>

#include "rules/detector.h"

namespace merlon {

struct PersonalDataType {
  std::string_view name;   ///< of the detector and in policies
  unsigned score{0};       ///< of a find, 0..100
  unsigned in_context{0};  ///< instead, when one of `words` stands before it or names its member
  std::span<const std::string_view> words;  ///< lower case
};
/// Sorted by name.
[[nodiscard]] std::span<const PersonalDataType> personal_data_types();

/// What finds it.
[[nodiscard]] const DetectorKind& detector_of(const PersonalDataType& type);

/// A find at byte `begin` of `text`, the value of member `key` (may be empty). A bare number of
/// JSON is an id or a time far more often than a card: without a word it scores kBareNumberLess
/// less.
[[nodiscard]] unsigned score_of_find(const PersonalDataType& type, std::string_view text,
                                     std::size_t begin, std::string_view key, bool bare_number);
inline constexpr unsigned kBareNumberLess = 40;
/// What a find must score to count, unless a policy says otherwise.
inline constexpr unsigned kLeastPersonalScore = 50;

}  // namespace merlon
