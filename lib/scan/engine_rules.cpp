#include <utility>

#include "scan/scanner.h"

namespace merlon {
namespace {

Rule engine_rule(std::string id, std::string title, Severity severity) {
  Rule rule;
  rule.id = std::move(id);
  rule.title = std::move(title);
  rule.category = "engine";
  rule.severity = severity;
  rule.surfaces = ~SurfaceSet{0};
  return rule;
}

Rule suspicious_definition() {
  Rule rule =
      engine_rule("suspicious-definition",
                  "several weak signs of manipulation stand in one definition", Severity::kHigh);
  rule.description =
      "Each sign alone is ordinary in honest definitions, so none of them is a finding that "
      "counts. "
      "Together they reach the threshold. The signs are listed with their scores and places. A "
      "single sign that reaches the threshold alone is of medium severity.";
  rule.taxonomies = {"OWASP-MCP03:2025", "LLM01:2026", "ASI01:2026", "CWE-1427", "SAFE-T1001"};
  rule.remedy =
      "read the definition as the model would; if it is honest, reword it or accept it in a "
      "baseline";
  return rule;
}

Rule rule_budget_exceeded() {
  Rule rule = engine_rule("rule-budget-exceeded", "a rule could not finish on this text",
                          Severity::kMedium);
  rule.description =
      "A pattern reached its bound on backtracking steps, memory or windows, so nothing is known "
      "about this text for this rule. A text can be built to do that on purpose.";
  rule.taxonomies = {"CWE-1333"};
  rule.remedy = "look at the text by hand, or raise the limit with `--limit regex-match-limit=N`";
  return rule;
}

Rule rule_of_two() {
  Rule rule = engine_rule("rule-of-two",
                          "untrusted input, sensitive data and an outside effect meet in one agent",
                          Severity::kMedium);
  rule.description =
      "An agent that reads what strangers wrote, can reach private data and can act on the outside "
      "needs one poisoned text to steal or break something. With two of the three it is safe from "
      "that, however well the text is written.";
  rule.taxonomies = {"LLM03:2026", "ASI02:2026", "CWE-668"};
  rule.remedy =
      "take one of the three away: another agent for untrusted input, a read-only token, or a "
      "person "
      "who approves each outside effect";
  return rule;
}

Rule toxic_flow() {
  Rule rule =
      engine_rule("toxic-flow", "a stranger's text could take private data out through these tools",
                  Severity::kMedium);
  rule.description =
      "The tools of one agent form a path: one brings in text that strangers write, one reads "
      "private "
      "data, one can send it away. The text only has to ask for it.";
  rule.taxonomies = {"OWASP-MCP06:2025", "LLM03:2026", "ASI01:2026", "CWE-200", "AML.T0057"};
  rule.remedy =
      "break the path: split the servers between agents, or let a person approve calls of the "
      "sending tool";
  return rule;
}

}  // namespace

std::vector<Rule> engine_rules() {
  return {rule_budget_exceeded(), rule_of_two(), suspicious_definition(), toxic_flow()};
}

}  // namespace merlon
