#pragma once
/// A compiled rule pack: rules, their texts, the prefilter's tables and the examples in one block
/// of bytes that is used where it lies. Nothing is parsed at a start; the block is only checked.
///
/// The same bytes come from the build (embedded in the program), from user rules at run time, and
/// later from a signed file. docs/spec/rule-pack.md is the format's specification.
///
///   std::string bytes = build_pack(rules, info);
///   MERLON_TRY(PackView pack, open_pack(bytes));
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/regex/literal_index.h"
#include "base/result.h"
#include "model/rule.h"
#include "model/scan_report.h"

namespace merlon {

inline constexpr std::uint32_t kPackFormat = 1;
inline constexpr std::uint32_t kNoIndex = 0xFFFFFFFFU;

/// Bytes of the strings section (or of the example strings).
struct PackString {
  std::uint32_t offset{0};
  std::uint32_t length{0};
};

/// Elements [begin, begin + count) of another section.
struct PackRange {
  std::uint32_t begin{0};
  std::uint32_t count{0};
};

struct PackRule {
  PackString id, title, message, description, category, check, remedy;
  std::uint64_t surfaces{0};
  PackRange any, all, none;          ///< matchers
  PackRange taxonomies, references;  ///< lists
  std::uint16_t score{0};
  std::uint16_t near_bytes{0};
  std::uint8_t severity{0};
  std::uint8_t tier{0};
  std::uint8_t scope{0};
  std::uint8_t none_scope{0};
  std::uint8_t secret{0};
  std::uint8_t enabled{0};
  std::uint8_t always{0};  ///< no literal announces a hit: the rule is tried on every text
  std::uint8_t spare[5]{};
};
static_assert(sizeof(PackRule) == 120);

struct PackMatcher {
  PackString text;
  PackString folded;  ///< phrases: as the prefilter sees them
  std::uint32_t rule{0};
  std::uint32_t first_set{kNoIndex};  ///< patterns: bytes a match may begin with
  std::uint32_t min_length{0};
  PackRange sets;              ///< of each, a literal stands in every text with a hit
  std::uint16_t token_run{0};  ///< so many token bytes stand in a row in every text with a hit
  std::uint16_t digit_run{0};  ///< so many digits
  std::int16_t first_byte{-1};
  std::int16_t last_byte{-1};
  std::uint8_t kind{0};
  std::uint8_t views{0};
  std::uint8_t roles{0};
  std::uint8_t edges{0};  ///< phrases: 1: begins at a word's edge, 2: ends at one
};
static_assert(sizeof(PackMatcher) == 48);

/// A set of literals of one matcher; rot13's signs have no matcher.
struct PackSet {
  std::uint32_t matcher{kNoIndex};
  std::uint16_t trigger{0};  ///< 1: a hit makes the rule a candidate
  /// Patterns: 1 + so many code points of the folded text before one of the literals a match begins
  /// at most; 0: not known.
  std::uint16_t reach{0};
};
static_assert(sizeof(PackSet) == 8);

struct PackLiteral {
  PackString text;
  PackRange sets;  ///< of the set list
};

struct PackExample {
  PackString text, file;  ///< of the example strings
  std::uint32_t rule{0};
  std::uint8_t surface{0};
  std::uint8_t manifest{0};
  std::uint8_t bad{0};
  std::uint8_t spare{0};
};

using PackByteSet = std::array<std::uint64_t, 4>;

/// A pack in place. The bytes must outlive it.
struct PackView {
  std::string_view name;
  std::string_view version;
  std::string_view digest;  ///< sha256 of the body, 64 hex digits
  std::string_view strings;
  std::string_view example_strings;
  std::span<const PackRule> rules;  ///< sorted by id
  std::span<const PackMatcher> matchers;
  std::span<const PackSet> sets;
  std::span<const PackLiteral> literals;
  std::span<const std::uint32_t> set_list;
  std::span<const PackString> lists;
  std::span<const PackByteSet> byte_sets;
  std::span<const PackExample> examples;
  LiteralTableView four;
  LiteralTableView three;

  [[nodiscard]] std::string_view text(PackString string) const {
    return strings.substr(string.offset, string.length);
  }
};

/// Serialises rules that have been checked. Reproducible: equal rules give equal bytes. Sorts by
/// id.
[[nodiscard]] std::string build_pack(std::vector<Rule> rules, std::string_view name,
                                     std::string_view version);

enum class PackTrust : std::uint8_t {
  kBuiltIn,  ///< part of the program, whose build has checked it: only the head is looked at
  kOwn,      ///< made by this process: the digest is not computed again
  kForeign,  ///< came in a file
};

/// Checks every offset, index and enumerator, but for `kBuiltIn`. `kFormat` for anything else than
/// a pack of this format; `bytes` must be aligned to eight bytes.
[[nodiscard]] Result<PackView> open_pack(std::string_view bytes, PackTrust trust);

/// A rule of the pack as plain data, without examples.
[[nodiscard]] Rule unpack_rule(const PackView& pack, std::uint32_t index);
/// All rules with their examples.
[[nodiscard]] std::vector<Rule> unpack_rules_with_examples(const PackView& pack);

/// The compiled forms of a pack's patterns, for this build of PCRE2 only. Kept apart from the pack,
/// which is the same on every machine. Empty strings for matchers that are no patterns.
[[nodiscard]] std::string build_pack_regexes(const PackView& pack);
/// By matcher; empty when the bytes belong to another pack. Only for bytes of the program's own
/// build: PCRE2 trusts them.
[[nodiscard]] std::vector<std::string_view> open_pack_regexes(std::string_view bytes,
                                                              const PackView& pack);

/// What is embedded in the program beside its pack.
[[nodiscard]] std::string_view embedded_pack_regexes();
/// The pack that is embedded in the program; linked in by the rule pack target.
[[nodiscard]] std::string_view embedded_pack();

}  // namespace merlon
