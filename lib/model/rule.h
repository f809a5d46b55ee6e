#pragma once
/// A rule as plain data: what rules/<category>/<id>.toml says. docs/spec/rules.md is the format's
/// specification.
#include <cstdint>
#include <string>
#include <vector>

#include "model/severity.h"
#include "model/surface.h"

namespace merlon {

/// The role a clause of text plays; decided by rules/clause.h. A set of them, one bit each.
enum class ClauseRole : std::uint8_t {
  kDescription = 0,  ///< says what something is or does
  kInstruction = 1,  ///< tells its reader (the model) to do something
  kQuoted = 2,       ///< quoted, an example, illustrative
  kNegated = 3,      ///< promises or forbids: "never reads ~/.ssh"
};
using RoleSet = std::uint8_t;
inline constexpr RoleSet kAnyRole = 0x0F;
[[nodiscard]] constexpr RoleSet role_bit(ClauseRole role) {
  return static_cast<RoleSet>(1U << static_cast<unsigned>(role));
}

/// Which readings of a text a matcher looks at. Decoded layers come from rules/decode.h.
enum class TextView : std::uint8_t {
  kRaw = 0,         ///< the decoded string as it stands
  kNormalised = 1,  ///< NFKC, invisible characters out, confusables folded, blanks joined
  kDecoded = 2,     ///< base64, hex, percent, HTML entities, tag characters, ... taken off
};
using ViewSet = std::uint8_t;
inline constexpr ViewSet kAnyView = 0x07;
[[nodiscard]] constexpr ViewSet view_bit(TextView view) {
  return static_cast<ViewSet>(1U << static_cast<unsigned>(view));
}

enum class MatcherKind : std::uint8_t {
  kPhrase,    ///< words with any blanks between, whole words, case ignored
  kPattern,   ///< PCRE2, UTF and UCP, case ignored unless it says (?-i)
  kDetector,  ///< a named function of rules/detector.h
};

struct RuleMatcher {
  MatcherKind kind{MatcherKind::kPhrase};
  std::string text;  ///< the phrase, the pattern or the detector's name
  ViewSet views{kAnyView};
  RoleSet roles{kAnyRole};  ///< only hits in clauses of these roles count
};

/// How far apart the parts of `all` may stand.
enum class RuleScope : std::uint8_t { kText, kClause, kNear };

struct RuleExample {
  std::string text;  ///< a text on `surface`, or a whole manifest when `manifest` is true
  Surface surface{Surface::kToolDescription};
  bool manifest{false};
  std::string file;  ///< name of that manifest, e.g. `.mcp.json`
};

struct Rule {
  std::string id;           ///< kebab-case, about the fault; never renumbered
  std::string title;        ///< one line for lists
  std::string message;      ///< the finding's text; `title` when empty. `{evidence}` is replaced
  std::string description;  ///< why it matters, for `--explain` and docs
  std::string category;     ///< the folder
  Severity severity{Severity::kMedium};
  Tier tier{Tier::kHard};
  std::uint16_t score{0};  ///< soft rules: what a hit adds to the tool's sum, 1..100
  SurfaceSet surfaces{0};
  // A text fires the rule when one of `any` hits (or `any` is empty), every one of `all` hits, and
  // none of `none` does.
  std::vector<RuleMatcher> any;
  std::vector<RuleMatcher> all;
  std::vector<RuleMatcher> none;
  RuleScope scope{RuleScope::kText};
  std::uint16_t near_bytes{0};  ///< for kNear: `any` and all of `all` within this many bytes
  RuleScope none_scope{
      RuleScope::kClause};  ///< where a hit of `none` excuses: the same clause, or the whole text
  std::string
      check;  ///< a coded check's name: this file is that check's metadata, and has no matchers
  bool secret{false};                   ///< what it finds is masked in every output
  std::vector<std::string> taxonomies;  ///< "OWASP-MCP03:2025", "LLM01:2026", "ASI01:2026",
                                        ///< "CWE-1427", "AML.T0110", "SAFE-T1001"
  std::string remedy;
  std::vector<std::string> references;
  /// Ways of writing (rules/rule_variants.h) that the rule's bad examples are not tried in.
  std::vector<std::string> skip_variants;
  std::vector<RuleExample> bad;
  std::vector<RuleExample> good;
  bool enabled{true};
};

}  // namespace merlon
