#include <ostream>

#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "rules_actions.h"

namespace merlon::cli {
namespace {

/// Line by line, so that line breaks stay and all other control characters are escaped.
void write_lines(Env& env, std::string_view text, std::string_view indent) {
  for (const std::string_view line : split(trim(text), '\n')) {
    if (!line.empty()) {
      env.out << indent << escape_for_display(line);
    }
    env.out << '\n';
  }
}

void write_examples(Env& env, std::string_view title, const std::vector<RuleExample>& examples) {
  for (const RuleExample& example : examples) {
    env.out << '\n' << title;
    if (example.manifest) {
      env.out << " (" << escape_for_display(example.file) << "):\n";
    } else {
      env.out << " (" << to_string(example.surface) << "):\n";
    }
    write_lines(env, example.text, "  ");
  }
}

void explain(Env& env, const Rule& rule) {
  env.out << rule.id << ": " << escape_for_display(rule.title) << '\n';
  env.out << "severity: " << to_string(rule.severity) << ", " << to_string(rule.tier);
  if (rule.score > 0) {
    env.out << " (score " << rule.score << ')';
  }
  env.out << (rule.enabled ? "\n" : ", off\n");
  if (!rule.category.empty()) {
    env.out << "category: " << escape_for_display(rule.category) << '\n';
  }
  if (!rule.taxonomies.empty()) {
    env.out << "taxonomies: " << escape_for_display(join(rule.taxonomies, ", ")) << '\n';
  }
  if (!rule.description.empty()) {
    env.out << '\n';
    write_lines(env, rule.description, "");
  }
  if (!rule.remedy.empty()) {
    env.out << "\nremedy:\n";
    write_lines(env, rule.remedy, "  ");
  }
  for (const std::string& reference : rule.references) {
    env.out << "see " << escape_for_display(reference) << '\n';
  }
  write_examples(env, "fires on", rule.bad);
  write_examples(env, "is silent on", rule.good);
}

}  // namespace

int rules_explain(Env& env, std::span<const std::string> args) {
  std::string id;
  Options options("rules explain", "say what a rule is about, with its examples");
  options.positional("ID", id, "the rule's id, as findings show it", true);
  options.example("merlon rules explain chat-template-tokens", "why this rule exists");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const auto rules = known_rules();
  if (!rules) {
    return fail_rules(env, rules.error(), kBug);
  }
  std::vector<std::string_view> known;
  for (const Rule& rule : *rules) {
    if (rule.id == id) {
      explain(env, rule);
      return kYes;
    }
    known.push_back(rule.id);
  }
  return fail_rules(env, unknown_word("rule", id, known, "`merlon rules list` lists the rules"),
                    kUsageError);
}

}  // namespace merlon::cli
