#pragma once
/// Regular expressions of rules. Door to PCRE2.
///
/// A Regex is immutable and shared by threads; it is compiled at its first use. Every pattern is
/// read with UTF, UCP and case ignored (`(?-i)` turns that off). A search is bounded in steps,
/// never in time, and its answer depends on pattern, text and bounds only: not on how often the
/// pattern ran before, nor on whether its machine code was ready.
///
///   Regex regex("ignore (?:all )?previous");
///   RegexScratch scratch(limits);
///   RegexPlace place;
///   if (regex.find(text, 0, scratch, place) == RegexOutcome::kMatch) { text.substr(place.begin,
///   ...) }
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace merlon {

struct RegexPlace {
  std::size_t begin{0};
  std::size_t end{0};
};

enum class RegexOutcome : std::uint8_t {
  kNoMatch,
  kMatch,
  kBudget,  ///< a step bound was reached (or the pattern does not compile): nothing is known
};

/// What PCRE2 refuses a pattern for.
struct RegexProblem {
  std::size_t offset{0};  ///< byte of the pattern
  std::string message;
};
[[nodiscard]] std::optional<RegexProblem> find_regex_problem(std::string_view pattern);

/// What every match has, as far as PCRE2 knows; to skip texts that cannot match. Safe to store.
struct RegexFacts {
  std::uint32_t min_length{0};  ///< in code points
  std::int16_t first_byte{-1};  ///< ASCII, lower case; -1: unknown
  std::int16_t last_byte{-1};   ///< a byte that stands somewhere; ASCII, lower case
  bool has_first_set{false};
  std::array<std::uint64_t, 4> first_set{};  ///< one bit for each byte a match may begin with
};
/// Facts of a pattern that compiles; nothing is known about another.
[[nodiscard]] RegexFacts regex_facts(std::string_view pattern);

/// The compiled form of a pattern as bytes, for the same build of PCRE2; empty when it does not
/// compile. Compiling a long pattern costs 20 us and more, reading this form back 1 us.
[[nodiscard]] std::string precompile_regex(std::string_view pattern);

/// Working memory of one thread, with the bounds of its searches.
class RegexScratch {
 public:
  explicit RegexScratch(const Limits& limits);
  RegexScratch(const RegexScratch&) = delete;
  RegexScratch& operator=(const RegexScratch&) = delete;
  ~RegexScratch();

  /// To be called before the first search of a pattern in a text. Later searches of the same
  /// pattern in the same text (for the second match, the third) share the bounds with the first.
  void start();

 private:
  friend class Regex;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Regex {
 public:
  /// `pattern` must outlive the object. A pattern that does not compile answers kBudget.
  explicit Regex(std::string_view pattern) : pattern_(pattern) {}
  /// With its compiled form, which must outlive the object too and be aligned to eight bytes. It
  /// must come from `precompile_regex` of this very program or its build: PCRE2 trusts it. Of
  /// another version it is ignored.
  Regex(std::string_view pattern, std::string_view precompiled)
      : pattern_(pattern), precompiled_(precompiled) {}
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;
  ~Regex();

  /// The first match at or after byte `from` of `text`, which is valid UTF-8. Safe from many
  /// threads, each with a scratch of its own.
  ///
  /// Bounds: each start position may take 256 steps; up to `regex_windows`/256 windows of 256 start
  /// positions may take `regex_match_limit` steps each; `regex_windows` windows in all.
  [[nodiscard]] RegexOutcome find(std::string_view text, std::size_t from, RegexScratch& scratch,
                                  RegexPlace& place) const {
    return find(text, from, text.size(), scratch, place);
  }
  /// The same of those that begin at `last_start` at the latest; both offsets are at the first byte
  /// of a character or at the end.
  [[nodiscard]] RegexOutcome find(std::string_view text, std::size_t from, std::size_t last_start,
                                  RegexScratch& scratch, RegexPlace& place) const;

 private:
  struct Run;
  [[nodiscard]] void* interpreted() const;
  [[nodiscard]] void* jitted() const;

  std::string_view pattern_;
  std::string_view precompiled_;
  mutable std::once_flag compile_once_;
  mutable std::once_flag jit_once_;
  mutable void* code_{nullptr};
  mutable std::atomic<void*> jit_code_{nullptr};
  mutable std::atomic<std::uint32_t> uses_{0};
};

}  // namespace merlon
