#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>
#include <utility>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "options.h"
#include "rules/matcher.h"
#include "rules/rule_examples.h"
#include "rules/rule_loader.h"
#include "scan/scanner.h"

namespace merlon::cli {

int cmd_rules(Env& env, std::span<const std::string> args);

namespace {

constexpr std::size_t kMaxWord = 64;

int fail_with(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

int fail_with(Env& env, const std::vector<Error>& errors, int code) {
  for (const Error& error : errors) {
    env.err << render(error);
  }
  return code;
}

/// Every rule that a finding can name: the pack's, and those of the scanner itself. Sorted by id.
Result<std::vector<Rule>> known_rules() {
  MERLON_TRY(auto rules, built_in_rules_with_examples());
  for (Rule& engine : engine_rules()) {
    const bool known = std::any_of(rules.begin(), rules.end(),
                                   [&](const Rule& rule) { return rule.id == engine.id; });
    if (!known) {
      rules.push_back(std::move(engine));
    }
  }
  std::sort(rules.begin(), rules.end(), [](const Rule& a, const Rule& b) { return a.id < b.id; });
  return rules;
}

Error unknown_word(std::string_view what, std::string_view word,
                   const std::vector<std::string_view>& known, std::string_view otherwise) {
  Error error = make_error(ErrorCode::kUsage, "unknown ", what, " `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? std::string(otherwise)
                                     : "did you mean `" + std::string(near) + "`?");
  return error;
}

// --- list ---------------------------------------------------------------------------------------

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
    return fail_with(env, rules.error(), kBug);
  }
  if (!category.empty()) {
    const std::vector<Rule> all = *rules;
    std::erase_if(*rules, [&](const Rule& rule) { return rule.category != category; });
    if (rules->empty()) {
      std::vector<std::string_view> known;
      for (const Rule& rule : all) {
        known.push_back(rule.category);
      }
      return fail_with(env,
                       unknown_word("category", category, known,
                                    "`merlon rules list --format json` shows the categories"),
                       kUsageError);
    }
  }
  format == "json" ? list_as_json(env, *rules) : list_as_text(env, *rules);
  return kYes;
}

// --- explain ------------------------------------------------------------------------------------

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
    return fail_with(env, rules.error(), kBug);
  }
  std::vector<std::string_view> known;
  for (const Rule& rule : *rules) {
    if (rule.id == id) {
      explain(env, rule);
      return kYes;
    }
    known.push_back(rule.id);
  }
  return fail_with(env, unknown_word("rule", id, known, "`merlon rules list` lists the rules"),
                   kUsageError);
}

// --- test ---------------------------------------------------------------------------------------

struct TestedRules {
  std::vector<Rule> rules;
  std::shared_ptr<const CompiledRules> compiled;
};

Checked<TestedRules> built_in_for_test() {
  auto rules = built_in_rules_with_examples();
  if (!rules) {
    return std::unexpected(std::vector{rules.error()});
  }
  auto compiled = CompiledRules::built_in();
  if (!compiled) {
    return std::unexpected(std::vector{compiled.error()});
  }
  return TestedRules{.rules = *std::move(rules), .compiled = *std::move(compiled)};
}

Checked<TestedRules> folder_for_test(const FileSource& files, const std::string& folder,
                                     const Limits& limits) {
  auto rules = load_rules(files, folder, limits);
  if (!rules) {
    return std::unexpected(std::move(rules).error());
  }
  if (rules->empty()) {
    return std::unexpected(
        std::vector{make_error(ErrorCode::kNotFound, "there are no rules in `", folder, "`")});
  }
  auto compiled = CompiledRules::compile(*rules, {.name = folder, .version = {}, .digest = {}});
  if (!compiled) {
    return std::unexpected(std::move(compiled).error());
  }
  return TestedRules{.rules = *std::move(rules), .compiled = *std::move(compiled)};
}

ManifestRunner manifest_runner(const std::shared_ptr<const CompiledRules>& compiled,
                               const Limits& limits) {
  return [compiled, limits](const std::string& file, const std::string& text,
                            const std::string& rule_id) {
    ScanSettings settings;
    settings.limits = limits;
    settings.jobs = 1;
    ScanInputs inputs;
    add_source(inputs, SourceText::copy_of(file, text));
    const ScanReport report = scan(std::move(inputs), settings, compiled);
    ManifestAnswer answer;
    for (const CoverageEntry& entry : report.coverage) {
      if (entry.state != CoverageState::kScanned) {
        answer.readable = false;
        answer.seen = entry.reason;
      }
    }
    for (const Finding& finding : report.findings) {
      if (finding.rule_id == rule_id && !answer.fired) {
        answer.fired = true;
        answer.seen = finding.evidence.text;
      }
    }
    return answer;
  };
}

std::string_view what_failed(const ExampleFailure& failure) {
  switch (failure.fault) {
    case ExampleFault::kSilent: return "does not fire";
    case ExampleFault::kAlarm: return "fires";
    case ExampleFault::kBudget: return "reaches a bound of the matcher";
    case ExampleFault::kUnreadable: return "cannot be read as a manifest";
  }
  return "fails";
}

int rules_test(Env& env, std::span<const std::string> args) {
  std::string folder;
  Options options("rules test", "run the examples of rules");
  options.describe(
      "Every bad example must fire its rule, no good one may. Whole manifests are scanned as "
      "`merlon scan` would. Exit code 1 when an example fails, 3 when the rules cannot be loaded.");
  options.positional("DIR", folder, "folder of rule files (the built-in rules)", false);
  options.example("merlon rules test rules", "test a folder of rules, before they are used");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const Limits limits;
  const auto tested =
      folder.empty() ? built_in_for_test() : folder_for_test(env.files, folder, limits);
  if (!tested) {
    return fail_with(env, tested.error(), folder.empty() ? kBug : kIncomplete);
  }
  const auto failures = test_rule_examples(tested->rules, *tested->compiled, limits,
                                           manifest_runner(tested->compiled, limits));
  std::size_t examples = 0;
  for (const Rule& rule : tested->rules) {
    examples += rule.bad.size() + rule.good.size();
  }
  for (const ExampleFailure& failure : failures) {
    env.out << failure.rule_id << ": " << (failure.bad ? "bad" : "good") << " example "
            << failure.index + 1 << ' ' << what_failed(failure);
    if (!failure.seen.empty()) {
      env.out << ": `" << escape_for_display(shorten(failure.seen, 200)) << '`';
    }
    env.out << '\n';
  }
  env.out << tested->rules.size() << " rules, " << examples << " examples, " << failures.size()
          << " failed\n";
  return failures.empty() ? kYes : kNo;
}

// --- new ----------------------------------------------------------------------------------------

/// Lower-case words with hyphens, as the loader asks of ids. Becomes a part of a path, so nothing
/// else may pass.
bool is_kebab(std::string_view word) {
  if (word.empty() || word.size() > kMaxWord || word.front() < 'a' || word.front() > 'z') {
    return false;
  }
  char before = '-';
  for (const char c : word) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!plain && (c != '-' || before == '-')) {
      return false;
    }
    before = c;
  }
  return before != '-';
}

std::string scaffold(const std::string& id) {
  return "format = 1\nid = \"" + id + R"("
title = "Says what is wrong, in one line"
message = "says `{evidence}`"
severity = "medium"
tier = "hard"
surfaces = ["description"]
taxonomies = ["OWASP-MCP03:2025"]
description = """
Why this is dangerous, and how honest authors come to write something like it.
"""
remedy = "What the author should write instead."

[match]
any = [
  { phrase = "replace this phrase" },
]

[[bad]]
surface = "tool-description"
text = "Adds numbers. Replace this phrase by what the rule must find."

[[good]]
surface = "tool-description"
text = "Adds numbers. Text that looks like it, and is harmless."
)";
}

int rules_new(Env& env, std::span<const std::string> args) {
  std::string id;
  std::string category;
  std::string folder = "rules";
  Options options("rules new", "start a rule file with one bad and one good example");
  options.describe("Writes DIR/CATEGORY/ID.toml, and never over a file that exists.");
  options.positional("ID", id, "lower-case words with hyphens, about the fault", true);
  options.value("--category,-c", category, "NAME", "the rule's category; required");
  options.value("--directory,-d", folder, "DIR", "the folder of all rules (rules)");
  options.example("merlon rules new asks-for-wallet --category sensitive",
                  "write rules/sensitive/asks-for-wallet.toml");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (category.empty()) {
    return fail_with(env, make_error(ErrorCode::kUsage, "`--category` is required"), kUsageError);
  }
  for (const std::string& word : {id, category}) {
    if (!is_kebab(word)) {
      Error error = make_error(ErrorCode::kUsage, "`", word, "` is no name of a rule or category");
      error.hints.emplace_back("use lower-case words with hyphens, at most 64 bytes");
      return fail_with(env, error, kUsageError);
    }
  }
  const std::string parent = folder + "/" + category;
  const std::string path = parent + "/" + id + ".toml";
  const auto kind = env.files.kind_of(path);
  if (kind) {
    return fail_with(env, make_error(ErrorCode::kUsage, "`", path, "` exists already"),
                     kUsageError);
  }
  if (kind.error().code != ErrorCode::kNotFound) {
    return fail_with(env, kind.error(), kEnvironment);
  }
  std::error_code problem;
  std::filesystem::create_directories(parent, problem);
  if (problem) {
    return fail_with(env,
                     make_error(ErrorCode::kIo, "cannot make `", parent, "`: ", problem.message()),
                     kEnvironment);
  }
  if (const Status status = write_file_atomically(path, scaffold(id)); !status) {
    return fail_with(env, status.error(), kEnvironment);
  }
  env.out << escape_for_display(path) << '\n';
  return kYes;
}

// --- rules --------------------------------------------------------------------------------------

constexpr std::array kSubcommands{
    Command{"list", "list the built-in rules", rules_list},
    Command{"explain", "say what a rule is about, with its examples", rules_explain},
    Command{"test", "run the examples of rules", rules_test},
    Command{"new", "start a rule file with one bad and one good example", rules_new},
};

std::string rules_help() {
  std::string text =
      "usage: merlon rules COMMAND [options] [arguments]\n\n"
      "List, explain, test and start rules.\n\nCommands:\n";
  for (const Command& command : kSubcommands) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int cmd_rules(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << rules_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << rules_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kSubcommands) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  return fail_with(env,
                   unknown_word("command", word, known, "`merlon rules --help` lists the commands"),
                   kUsageError);
}

}  // namespace merlon::cli
