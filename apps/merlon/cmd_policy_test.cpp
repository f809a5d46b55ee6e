#include <algorithm>
#include <ostream>

#include "base/text.h"
#include "base/xml_text.h"
#include "exit_code.h"
#include "policy/policy_cases.h"
#include "policy_actions.h"

namespace merlon::cli {
namespace {

enum class CaseOutcome { kPassed, kFailed, kTodo, kTodoPassed };

struct PlayedCase {
  const PolicyCase* one{nullptr};
  CaseOutcome outcome{CaseOutcome::kPassed};
  std::vector<std::string> failures;
};

PlayedCase play(const CompiledPolicy& policy, const PolicyCase& one) {
  PlayedCase out{.one = &one,
                 .outcome = CaseOutcome::kPassed,
                 .failures = run_policy_case(policy, one).failures};
  const bool passed = out.failures.empty();
  if (one.todo.empty()) {
    out.outcome = passed ? CaseOutcome::kPassed : CaseOutcome::kFailed;
  } else {
    out.outcome = passed ? CaseOutcome::kTodoPassed : CaseOutcome::kTodo;
  }
  if (out.outcome == CaseOutcome::kTodoPassed) {
    out.failures.emplace_back("the case passes: take its `todo` out");
  }
  return out;
}

bool is_failure(const PlayedCase& played) {
  return played.outcome == CaseOutcome::kFailed || played.outcome == CaseOutcome::kTodoPassed;
}

/// `policies/team.toml` has its cases in `policies/team.test.toml`.
std::string cases_beside(std::string_view policy) {
  constexpr std::string_view kEnding = ".toml";
  if (policy.ends_with(kEnding)) {
    policy.remove_suffix(kEnding.size());
  }
  return std::string(policy) + ".test.toml";
}

void write_cases_as_text(Env& env, const std::vector<PlayedCase>& cases) {
  std::size_t failed = 0;
  std::size_t todo = 0;
  for (const PlayedCase& played : cases) {
    failed += is_failure(played) ? 1U : 0U;
    todo += played.outcome == CaseOutcome::kTodo ? 1U : 0U;
    if (played.outcome == CaseOutcome::kTodo) {
      env.out << "todo: " << escape_for_display(played.one->name) << ": "
              << escape_for_display(played.one->todo) << '\n';
    } else if (is_failure(played)) {
      env.out << "failed: " << escape_for_display(played.one->name) << " ("
              << escape_for_display(played.one->where.file) << ':' << played.one->where.line
              << ")\n";
      for (const std::string& failure : played.failures) {
        env.out << "  " << escape_for_display(failure) << '\n';
      }
    }
  }
  env.out << counted(cases.size(), "case") << ", " << failed << " failed, " << todo << " todo\n";
}

void write_cases_as_junit(Env& env, const std::string& file, const std::vector<PlayedCase>& cases) {
  const auto failed = std::count_if(cases.begin(), cases.end(), is_failure);
  const auto skipped = std::count_if(cases.begin(), cases.end(), [](const PlayedCase& played) {
    return played.outcome == CaseOutcome::kTodo;
  });
  const std::string counts = " tests=\"" + std::to_string(cases.size()) + "\" failures=\"" +
                             std::to_string(failed) + "\" errors=\"0\" skipped=\"" +
                             std::to_string(skipped) + "\">\n";
  env.out << R"(<?xml version="1.0" encoding="UTF-8"?>)" << "\n<testsuites name=\"merlon\""
          << counts << "  <testsuite name=\"" << xml_text(file) << "\"" << counts;
  for (const PlayedCase& played : cases) {
    env.out << "    <testcase classname=\"" << xml_text(file) << "\" name=\""
            << xml_text(played.one->name) << "\"";
    if (played.outcome == CaseOutcome::kPassed) {
      env.out << "/>\n";
    } else if (played.outcome == CaseOutcome::kTodo) {
      env.out << "><skipped message=\"" << xml_text(played.one->todo) << "\"/></testcase>\n";
    } else {
      env.out << "><failure message=\"" << xml_text(join(played.failures, "; "))
              << "\"/></testcase>\n";
    }
  }
  env.out << "  </testsuite>\n</testsuites>\n";
}

}  // namespace

int policy_test(Env& env, std::span<const std::string> args) {
  PolicyChoice choice;
  std::string cases_file;
  std::string format = "text";
  Options options("policy test", "play a policy's cases");
  options.describe(
      "Each case is a session: its events are decided in order, and each decision must be the "
      "expected one, by the expected rules and no others. Exit code 1 when a case fails or the "
      "policy is wrong, 3 when a file cannot be read.");
  choice.declare(options, true);
  options.value("--cases,-c", cases_file, "FILE", "the cases (FILE with `.test.toml` for `.toml`)");
  options.choice("--format,-f", format, {"text", "junit"}, "output format");
  options.example("merlon policy test policies/default.toml", "plays policies/default.test.toml");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  if (cases_file.empty()) {
    cases_file = cases_beside(choice.file);
  }
  int code = kYes;
  const auto compiled = compiled_choice(env, choice, code);
  if (!compiled) {
    return code;
  }
  const Limits limits;
  const auto source = env.files.read(cases_file, limits.toml_bytes);
  if (!source) {
    env.err << render(source.error());
    return kIncomplete;
  }
  const auto cases = load_policy_cases(*source, limits);
  if (!cases) {
    return fail_policy(env, cases.error());
  }
  std::vector<PlayedCase> played;
  for (const PolicyCase& one : *cases) {
    played.push_back(play(**compiled, one));
  }
  format == "junit" ? write_cases_as_junit(env, cases_file, played)
                    : write_cases_as_text(env, played);
  if (cases->empty()) {
    env.err << render(make_error(ErrorCode::kFormat, "`", cases_file, "` has no `[[case]]`"));
    return kIncomplete;
  }
  return std::any_of(played.begin(), played.end(), is_failure) ? kNo : kYes;
}

}  // namespace merlon::cli
