#pragma once
/// Secrets in texts that stand in no manifest (the line of a file that does not parse, a word of a
/// command line), found by the rules of the pack that are marked `secret`.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/source_text.h"
#include "rules/matcher.h"

namespace merlon {

/// One object, one thread.
class SecretFinder {
 public:
  SecretFinder(const CompiledRules& rules, const Limits& limits);

  /// Byte ranges of `text` that hold a secret, sorted and disjoint.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> find(std::string_view text);
  [[nodiscard]] bool holds_secret(std::string_view text) { return !find(text).empty(); }
  /// Masks what is secret, or looks like a token, in the excerpt of a place whose file does not
  /// parse: the bytes around the place are looked at, so that a secret that the excerpt cuts is
  /// found as a whole.
  void mask_excerpt(const SourceText& source, Location& where);
  /// `text` with every secret masked. Rules report their first hit in a text only, so it is looked
  /// at again until none is left (at most kRounds times; then all of it is masked).
  [[nodiscard]] std::string mask(std::string_view text);

 private:
  static constexpr int kRounds = 32;

  /// Rules report their first hit in a text only: all ranges, by blanking what was found.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> find_all(std::string text);

  const CompiledRules& rules_;
  RuleMatcherState state_;
};

}  // namespace merlon
