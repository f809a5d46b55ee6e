#pragma once
/// Many rules over many texts, fast: a prefilter automaton over all literals, cheap gates, then
/// PCRE2 on what is left; a text is read as it stands, normalised, and with encodings taken off.
///
///   MERLON_TRY(auto rules, CompiledRules::built_in());
///   RuleMatcherState state(*rules, limits);
///   std::vector<RuleHit> hits;
///   state.match(Surface::kToolDescription, text, hits);
///
/// A CompiledRules is immutable and shared by threads (patterns are compiled at first use, under a
/// once-flag); a RuleMatcherState belongs to one thread. Results depend on rules and text only,
/// never on time or scheduling: a pattern that reaches its step bound is reported as such
/// (`budget_exceeded`), never as "no match".
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "model/rule.h"
#include "model/scan_report.h"

namespace merlon {

enum class PackTrust : std::uint8_t;  // rules/pack.h

struct RuleHit {
  std::uint32_t rule{0};   ///< index into CompiledRules::rules()
  std::uint32_t begin{0};  ///< bytes of the *original* text that the hit stands for
  std::uint32_t end{0};
  TextView view{TextView::kRaw};
  std::string evidence;                 ///< what matched, in the view it matched in
  std::vector<std::string> decoded_by;  ///< layers taken off, outermost first
  bool budget_exceeded{false};          ///< the pattern reached a bound: nothing is known
};

class CompiledRules {
 public:
  CompiledRules(const CompiledRules&) = delete;
  CompiledRules& operator=(const CompiledRules&) = delete;
  ~CompiledRules();

  /// Compiles rules for matching. All problems at once.
  [[nodiscard]] static Checked<std::shared_ptr<const CompiledRules>> compile(
      std::vector<Rule> rules, RulePackInfo info);
  /// The pack that is embedded in the program. Cheap: nothing is parsed. Examples are not filled
  /// in.
  [[nodiscard]] static Result<std::shared_ptr<const CompiledRules>> built_in();

  /// A pack as rules/pack.h builds it, used where it lies: the bytes must outlive the result.
  [[nodiscard]] static Result<std::shared_ptr<const CompiledRules>> open(
      std::string_view pack_bytes);

  /// One rule by its index; the first call for it unpacks its texts.
  [[nodiscard]] const Rule& rule(std::uint32_t index) const;
  /// Sorted by id; disabled ones included. The first call unpacks the texts of all rules (0.1 ms).
  [[nodiscard]] const std::vector<Rule>& rules() const;
  [[nodiscard]] const RulePackInfo& info() const;
  /// Index of a rule, or nothing.
  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const;

  struct Impl;
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  explicit CompiledRules(std::unique_ptr<Impl> impl);
  [[nodiscard]] static Result<std::shared_ptr<const CompiledRules>> open(
      std::string_view pack_bytes, std::string_view regex_bytes, PackTrust trust);
  std::unique_ptr<Impl> impl_;
};

/// The rules that are embedded in the program with their examples, for `rules test|list|explain`.
[[nodiscard]] Result<std::vector<Rule>> built_in_rules_with_examples();

enum class Prefilter {
  kOn,
  kOff,  ///< every rule is tried on every text; for tests that hold the two against each other
};

class FoldedText;

class RuleMatcherState {
 public:
  RuleMatcherState(const CompiledRules& rules, const Limits& limits,
                   Prefilter prefilter = Prefilter::kOn);
  RuleMatcherState(const RuleMatcherState&) = delete;
  RuleMatcherState& operator=(const RuleMatcherState&) = delete;
  ~RuleMatcherState();

  /// Appends at most one hit per rule (the first in the text as it stands, else in a reading of
  /// it), sorted by rule index. `text` should be valid UTF-8; bytes that are not are read as `?`.
  ///
  /// Of a text above `limits.text_bytes` only the first part is looked at; one hit with
  /// `budget_exceeded` of the first rule that applies says so, with [begin, end) the part that was
  /// not.
  ///
  /// `folded`: the text folded, where the caller has it at hand.
  void match(Surface surface, std::string_view text, std::vector<RuleHit>& hits,
             const FoldedText* folded = nullptr);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace merlon
