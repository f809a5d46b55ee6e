#pragma once
/// Secrets in texts that stand in no manifest (the line of a file that does not parse, a word of a
/// command line), found by the rules of the pack that are marked `secret`.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/matcher.h"

namespace merlon {

/// One object, one thread.
class SecretFinder {
 public:
  SecretFinder(const CompiledRules& rules, const Limits& limits);

  /// Byte ranges of `text` that hold a secret, sorted and disjoint.
  [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> find(std::string_view text);
  [[nodiscard]] bool holds_secret(std::string_view text) { return !find(text).empty(); }
  /// `text` with every secret masked. Rules report their first hit in a text only, so it is looked
  /// at again until none is left (at most kRounds times; then all of it is masked).
  [[nodiscard]] std::string mask(std::string_view text);

 private:
  static constexpr int kRounds = 32;

  const CompiledRules& rules_;
  RuleMatcherState state_;
};

}  // namespace merlon
