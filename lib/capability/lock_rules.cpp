#include <array>

#include "capability/lock.h"

namespace merlon {
namespace {

struct Row {
  std::string_view id;
  Severity severity;
  std::string_view title;
  std::string_view description;
  std::string_view remedy;
};

constexpr std::string_view kReview =
    "review the difference; if it is wanted, write the lock anew with `merlon scan --write-lock`";

/// Sorted by id. They come from comparing with a lock and not from looking at a text, so they are
/// no rule files.
constexpr std::array kRows{
    Row{"lock-changed", Severity::kMedium, "the lock changed together with what it locks",
        "Who changes a manifest and the lock in one step has approved their own change. The "
        "manifest was judged by the lock "
        "of the base revision.",
        "let somebody else review the change of the lock"},
    Row{"lock-drift", Severity::kLow, "a definition is not as locked",
        "The definition was reviewed in another form. What changed lets nothing more in or out, as "
        "far as can be told.",
        kReview},
    Row{"lock-drift-risk", Severity::kHigh,
        "a definition changed since it was locked, and risk grew",
        "A server that was approved once can change what it says at any time: new parameters that "
        "carry data out, wider "
        "schemas, weaker promises, texts that give orders. This is how a rug pull looks.",
        kReview},
    Row{"lock-missing-server", Severity::kLow, "what the lock has is not in the input",
        "Nothing was compared for this server. Either it is gone, or the scan did not look at the "
        "file that has it.",
        "scan the file that has it, or write the lock anew"},
    Row{"lock-new-server", Severity::kMedium, "a server is not in the lock",
        "Nobody has reviewed this server.", kReview},
    Row{"lock-new-tool", Severity::kMedium, "a definition is not in the lock",
        "The server offers something that it did not offer when it was reviewed.", kReview},
    Row{"lock-removed-tool", Severity::kLow, "a definition of the lock is gone",
        "The server no longer offers it. A name that becomes free can be taken by another server.",
        kReview},
};

}  // namespace

std::vector<Rule> lock_rules() {
  std::vector<Rule> rules;
  for (const Row& row : kRows) {
    Rule rule;
    rule.id = row.id;
    rule.title = row.title;
    rule.description = row.description;
    rule.category = "lock";
    rule.severity = row.severity;
    rule.surfaces = ~SurfaceSet{0};
    rule.taxonomies = {"OWASP-MCP03:2025", "CWE-494", "SAFE-T1201"};
    rule.remedy = row.remedy;
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace merlon
