#include <algorithm>
#include <ostream>
#include <utility>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "rules_actions.h"

namespace merlon::cli {
namespace {

void list_as_json(Env& env, const std::vector<Rule>& rules) {
  JsonWriter json(JsonStyle::kPretty);
  json.begin_array();
  for (const Rule& rule : rules) {
    json.begin_object();
    json.field("id", rule.id).field("category", rule.category).field("title", rule.title);
    json.field("severity", to_string(rule.severity)).field("tier", to_string(rule.tier));
    json.field("score", std::uint32_t{rule.score}).field("enabled", rule.enabled);
    json.key("taxonomies").begin_array();
    for (const std::string& taxonomy : rule.taxonomies) {
      json.string(taxonomy);
    }
    json.end_array();
    json.end_object();
  }
  json.end_array();
  env.out << std::move(json).take() << '\n';
}

void list_as_text(Env& env, const std::vector<Rule>& rules) {
  std::size_t width = 0;
  for (const Rule& rule : rules) {
    width = std::max(width, rule.id.size());
  }
  const auto padded = [](std::string_view word, std::size_t to) {
    std::string cell(word);
    cell.resize(std::max(to, cell.size()), ' ');
    return cell + "  ";
  };
  for (const Rule& rule : rules) {
    env.out << padded(rule.id, width) << padded(to_string(rule.severity), 8)
            << padded(to_string(rule.tier), 4) << escape_for_display(rule.title)
            << (rule.enabled ? "\n" : " (off)\n");
  }
}

}  // namespace

int rules_list(Env& env, std::span<const std::string> args) {
  std::string format = "text";
  std::string category;
  Options options("rules list", "list the built-in rules");
  options.choice("--format,-f", format, {"text", "json"}, "output format");
  options.value("--category,-c", category, "NAME", "only rules of this category");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  auto rules = known_rules();
  if (!rules) {
    return fail_rules(env, rules.error(), kBug);
  }
  if (!category.empty()) {
    const std::vector<Rule> all = *rules;
    std::erase_if(*rules, [&](const Rule& rule) { return rule.category != category; });
    if (rules->empty()) {
      std::vector<std::string_view> known;
      known.reserve(all.size());
      for (const Rule& rule : all) {
        known.push_back(rule.category);
      }
      return fail_rules(env,
                        unknown_word("category", category, known,
                                     "`merlon rules list --format json` shows the categories"),
                        kUsageError);
    }
  }
  format == "json" ? list_as_json(env, *rules) : list_as_text(env, *rules);
  return kYes;
}

}  // namespace merlon::cli
