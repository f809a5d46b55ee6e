#include <algorithm>
#include <array>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "exit_code.h"
#include "options.h"
#include "rules/matcher.h"
#include "rules/rule_examples.h"
#include "rules/rule_loader.h"
#include "rules/rule_variants.h"
#include "rules_actions.h"
#include "scan/scanner.h"

namespace merlon::cli {
namespace {

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

TextScanner text_scanner(const std::shared_ptr<const CompiledRules>& compiled,
                         const Limits& limits) {
  return [compiled, limits](const std::string& text) {
    std::string manifest = R"({"tools":[{"name":"lookup","description":)";
    append_json_string(manifest, text);
    manifest += R"(,"inputSchema":{"type":"object"}}]})";
    ScanSettings settings;
    settings.limits = limits;
    settings.jobs = 1;
    ScanInputs inputs;
    add_source(inputs, SourceText::copy_of("variant.json", manifest));
    std::vector<std::string> out;
    for (const Finding& finding : scan(std::move(inputs), settings, compiled).findings) {
      out.push_back(finding.rule_id);
    }
    return out;
  };
}

void print_variants(Env& env, const std::vector<VariantCount>& rows) {
  constexpr std::array<std::string_view, 6> kHeads{"variant",  "examples", "by its rule",
                                                   "reported", "missed",   "exempt"};
  std::string line;
  const auto add = [&](std::string_view cell, std::size_t width) {
    line += std::string(width - std::min(width, cell.size()), ' ');
    line += cell;
  };
  for (const std::string_view head : kHeads) {
    add(head, 15);
  }
  env.out << line << '\n';
  for (const VariantCount& row : rows) {
    line.clear();
    add(row.name, 15);
    for (const std::size_t count :
         {row.total, row.by_rule, row.reported, row.misses.size(), row.exempt}) {
      add(std::to_string(count), 15);
    }
    env.out << line << '\n';
  }
  for (const VariantCount& row : rows) {
    for (const VariantMiss& miss : row.misses) {
      env.out << miss.rule_id << ": bad example " << miss.index + 1 << " is not seen in "
              << row.name << '\n';
    }
  }
}

int test_variants(Env& env, const TestedRules& tested, const Limits& limits) {
  const auto rows = test_rule_variants(tested.rules, *tested.compiled, limits,
                                       text_scanner(tested.compiled, limits));
  print_variants(env, rows);
  const bool missed = std::any_of(rows.begin(), rows.end(),
                                  [](const VariantCount& row) { return !row.misses.empty(); });
  return missed ? kNo : kYes;
}

}  // namespace

int rules_test(Env& env, std::span<const std::string> args) {
  std::string folder;
  bool variants = false;
  Options options("rules test", "run the examples of rules");
  options.describe(
      "Every bad example must fire its rule, no good one may. Whole manifests are scanned as "
      "`merlon scan` would. Exit code 1 when an example fails, 3 when the rules cannot be loaded.");
  options.positional("DIR", folder, "folder of rule files (the built-in rules)", false);
  options.flag("--variants", variants,
               "write the bad examples as attackers do, and count what is still seen");
  options.example("merlon rules test rules", "test a folder of rules, before they are used");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const Limits limits;
  const auto tested =
      folder.empty() ? built_in_for_test() : folder_for_test(env.files, folder, limits);
  if (!tested) {
    return fail_rules(env, tested.error(), folder.empty() ? kBug : kIncomplete);
  }
  if (variants) {
    return test_variants(env, *tested, limits);
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
  env.out << counted(tested->rules.size(), "rule") << ", " << counted(examples, "example") << ", "
          << failures.size() << " failed\n";
  return failures.empty() ? kYes : kNo;
}

}  // namespace merlon::cli
