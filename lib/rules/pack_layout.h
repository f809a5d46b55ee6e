#pragma once
/// The head of a pack. Everything is little-endian and aligned to eight bytes.
#include <array>
#include <cstdint>

namespace merlon {

enum PackSection : std::uint32_t {
  kSectionStrings,
  kSectionRules,
  kSectionMatchers,
  kSectionSets,
  kSectionLiterals,
  kSectionSetList,
  kSectionLists,
  kSectionByteSets,
  kSectionBitmapFour,
  kSectionBucketsFour,
  kSectionEntriesFour,
  kSectionBitmapThree,
  kSectionBucketsThree,
  kSectionEntriesThree,
  kSectionExamples,
  kSectionExampleStrings,
  kPackSections,
};

struct PackSectionPlace {
  std::uint32_t offset{0};  ///< from the start of the pack
  std::uint32_t size{0};    ///< in bytes
};

struct PackHead {
  std::array<char, 8> magic{};
  std::uint32_t format{0};
  std::uint32_t size{0};          ///< of the whole pack
  std::array<char, 64> digest{};  ///< hex; of all bytes behind this member's end
  std::uint32_t name_offset{0};   ///< into the strings
  std::uint32_t name_length{0};
  std::uint32_t version_offset{0};
  std::uint32_t version_length{0};
  std::array<PackSectionPlace, kPackSections> sections{};
};
static_assert(sizeof(PackHead) == 224);

inline constexpr std::array<char, 8> kPackMagic{'M', 'E', 'R', 'L', 'P', 'A', 'C', 'K'};
inline constexpr std::uint32_t kPackDigestEnd = 80;  ///< where the digested bytes begin

}  // namespace merlon
