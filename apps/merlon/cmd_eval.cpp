#include <algorithm>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "commands.h"
#include "eval/eval_table.h"
#include "eval/evaluation.h"
#include "eval/gate.h"
#include "exit_code.h"
#include "options.h"

namespace merlon::cli {

int cmd_eval(Env& env, std::span<const std::string> args);

namespace {

struct EvalArguments {
  std::vector<std::string> corpora;
  std::string format{"text"};
  std::string half{"all"};
  std::string fail_on{"high"};
  std::vector<std::string> wrappers;
  std::vector<std::string> min_recall;
  std::vector<std::string> max_alarms;
  std::uint64_t jobs{0};
  bool strip_wrapper{false};
  bool show{false};
  bool coverage{false};
};

void declare_eval(Options& options, EvalArguments& arguments) {
  options.describe(
      "Scans every case of labelled corpora alone, in memory and with the built-in rules, as "
      "`merlon scan` would, and counts what was flagged: cases for which scan would exit with 1. "
      "Shows counts, shares and Wilson intervals; never a text of a corpus.");
  options.positional("CORPUS", arguments.corpora,
                     "files of JSON lines or folders of them, see docs/spec/corpora.md");
  options.choice("--split", arguments.half, {"A", "B", "all"},
                 "only this half of the corpora (all)");
  options.flag("--strip-wrapper", arguments.strip_wrapper,
               "also scan poisoned tools without the wrapper's own words");
  options.value("--wrappers", arguments.wrappers, "NAME",
                "also put the payloads into benign tools in this way; `all`: in every way");
  options.choice("--fail-on", arguments.fail_on, {"info", "low", "medium", "high", "critical"},
                 "severity from which a hard finding flags a case (high)");
  options.value("--min-recall", arguments.min_recall, "[ROW=]PERCENT",
                "exit 1 when less of this row (poisoned) is caught");
  options.value("--max-alarms", arguments.max_alarms, "[ROW=]N[%]",
                "exit 1 when more of this row (benign) are flagged");
  options.choice("--format,-f", arguments.format, {"text", "json", "markdown"},
                 "output format (text)");
  options.flag("--show", arguments.show, "list the cases that came out wrong: places and rule ids");
  options.flag(
      "--coverage", arguments.coverage,
      "list all rules with the number of cases they were seen in, those that never fired first");
  options.value("--jobs,-j", arguments.jobs, "N", "threads (as many as the machine has)");
  options.example("merlon eval corpora --split B --strip-wrapper --min-recall 90 --max-alarms 0.3%",
                  "the half that nothing was tuned on");
}

Result<std::vector<const WrapperKind*>> parse_wrappers(const std::vector<std::string>& names) {
  std::vector<const WrapperKind*> out;
  for (const WrapperKind& kind : wrapper_kinds()) {
    const bool named = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == "all" || name == kind.name;
    });
    if (named) {
      out.push_back(&kind);
    }
  }
  for (const std::string& name : names) {
    if (name != "all" && find_wrapper(name) == nullptr) {
      return fail(ErrorCode::kUsage, "unknown wrapper `", name, "`");
    }
  }
  return out;
}

Result<std::vector<Gate>> parse_gates(const EvalArguments& arguments) {
  std::vector<Gate> out;
  for (const std::string& word : arguments.min_recall) {
    MERLON_TRY(Gate gate, parse_min_recall(word));
    out.push_back(std::move(gate));
  }
  for (const std::string& word : arguments.max_alarms) {
    MERLON_TRY(Gate gate, parse_max_alarms(word));
    out.push_back(std::move(gate));
  }
  return out;
}

Result<EvalSettings> parse_settings(const EvalArguments& arguments) {
  EvalSettings out;
  out.half = arguments.half == "A"   ? HalfChoice::kA
             : arguments.half == "B" ? HalfChoice::kB
                                     : HalfChoice::kAll;
  out.strip_wrapper = arguments.strip_wrapper;
  MERLON_TRY(out.wrappers, parse_wrappers(arguments.wrappers));
  out.fail_on = parse_severity(arguments.fail_on).value_or(Severity::kHigh);
  out.jobs = static_cast<unsigned>(std::min<std::uint64_t>(arguments.jobs, 256));
  return out;
}

std::string table_of(const EvalArguments& arguments, const EvalReport& report) {
  const ShowMisses misses = arguments.show ? ShowMisses::kYes : ShowMisses::kNo;
  if (arguments.format == "json") {
    return write_eval_json(report, misses);
  }
  return arguments.format == "markdown" ? write_eval_markdown(report, misses)
                                        : write_eval_text(report, misses);
}

/// Gates go to the error stream; stdout is the table.
int judge(Env& env, const std::vector<Gate>& gates, const EvalReport& report) {
  bool missed = false;
  bool unknown = false;
  for (const Gate& gate : gates) {
    const GateAnswer answer = judge_gate(gate, report);
    missed = missed || answer.state == GateState::kFails;
    unknown = unknown || answer.state == GateState::kNoRow;
    env.err << "merlon: gate " << answer.text << '\n';
  }
  return missed ? kNo : unknown ? kIncomplete : kYes;
}

int fail_eval(Env& env, const Error& error, int code) {
  env.err << render(error);
  return code;
}

}  // namespace

int cmd_eval(Env& env, std::span<const std::string> args) {
  EvalArguments arguments;
  Options options("eval", "measure the rules on labelled corpora");
  declare_eval(options, arguments);
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (arguments.corpora.empty()) {
    return fail_eval(env, make_error(ErrorCode::kUsage, "no corpus is named"), kUsageError);
  }
  const auto settings = parse_settings(arguments);
  if (!settings) {
    return fail_eval(env, settings.error(), kUsageError);
  }
  const auto gates = parse_gates(arguments);
  if (!gates) {
    return fail_eval(env, gates.error(), kUsageError);
  }
  const auto rules = CompiledRules::built_in();
  if (!rules) {
    return fail_eval(env, rules.error(), kEnvironment);
  }
  const auto corpus = read_corpus(env.files, arguments.corpora, settings->limits);
  if (!corpus) {
    return fail_eval(env, corpus.error(), kIncomplete);
  }
  EvalReport report = evaluate(*corpus, *settings, *rules);
  if (!arguments.coverage) {
    report.coverage.clear();
  }
  env.out << table_of(arguments, report);
  return judge(env, *gates, report);
}

}  // namespace merlon::cli
