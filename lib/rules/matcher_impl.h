#pragma once
/// The inside of CompiledRules, shared by matcher.cpp and matcher_state.cpp.
#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/regex/regex.h"
#include "rules/detector.h"
#include "rules/matcher.h"
#include "rules/pack.h"

namespace merlon {

struct CompiledRules::Impl {
  std::vector<std::uint64_t> storage;  ///< the pack's bytes, when they are not the program's own
  PackView pack;
  RulePackInfo info;
  std::deque<Regex> regexes;                     ///< they cannot be moved
  std::vector<const Regex*> regex_of;            ///< by matcher; null for others than patterns
  std::vector<const DetectorKind*> detector_of;  ///< by matcher
  std::vector<std::uint32_t> always;             ///< rules that no literal announces

  // Unpacked at first use: a scan needs the rules it has findings of, at most.
  mutable std::once_flag unpack_once;
  mutable std::vector<Rule> rules;
  mutable std::mutex unpack_mutex;
  mutable std::deque<Rule> single_rules;                  ///< they cannot be moved
  mutable std::vector<std::atomic<const Rule*>> rule_of;  ///< by rule; null: not unpacked yet

  /// Fills all but `storage`, `pack` and `info`. `kBadRule` for a detector that this program does
  /// not have.
  /// `precompiled`: by matcher, or empty.
  [[nodiscard]] Status link(const std::vector<std::string_view>& precompiled);
};

}  // namespace merlon
