#include "scan/scanner.h"

namespace merlon {

std::vector<Rule> engine_rules() {
  Rule suspicious;
  suspicious.id = "suspicious-definition";
  suspicious.title = "several weak signs of manipulation stand in one definition";
  suspicious.description =
      "Each sign alone is ordinary in honest definitions, so none of them is a finding that "
      "counts. Together they reach "
      "the threshold. The signs are listed with their scores and places.";
  suspicious.category = "engine";
  suspicious.severity = Severity::kHigh;
  suspicious.surfaces = ~SurfaceSet{0};
  suspicious.taxonomies = {"OWASP-MCP03:2025", "CWE-1427"};
  suspicious.remedy =
      "read the definition as the model would; if it is honest, reword it or accept it in a "
      "baseline";

  Rule budget;
  budget.id = "rule-budget-exceeded";
  budget.title = "a rule could not finish on this text";
  budget.description =
      "A pattern reached its bound on backtracking steps, memory or windows, so nothing is known "
      "about this text for this "
      "rule. A text can be built to do that on purpose.";
  budget.category = "engine";
  budget.severity = Severity::kMedium;
  budget.surfaces = ~SurfaceSet{0};
  budget.taxonomies = {"CWE-1333"};
  budget.remedy = "look at the text by hand, or raise the limit with `--limit regex-match-limit=N`";

  return {std::move(budget), std::move(suspicious)};
}

}  // namespace merlon
