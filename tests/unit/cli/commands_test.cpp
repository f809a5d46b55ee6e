#include "commands.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "cmd_help.h"
#include "exit_code.h"
#include "unit/cli/test_env.h"

using namespace merlon;
using namespace merlon::cli;

namespace {

struct Outcome {
  int code{0};
  std::string out;
  std::string err;
};

Outcome run_with(const std::vector<std::string>& args) {
  merlon::test::TestWorld world;
  const int code = run(world.env, args);
  return {code, world.out.str(), world.err.str()};
}

}  // namespace

TEST_CASE("commands: names are unique, and each has a summary of one line and a help text") {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    CHECK(std::ranges::find(names, command.name) == names.end());
    names.push_back(command.name);
    CHECK_FALSE(command.summary.empty());
    CHECK(command.summary.size() <= 64);
    const Outcome outcome = run_with({std::string(command.name), "--help"});
    CHECK(outcome.code == kYes);
    CHECK(outcome.err.empty());
    CHECK(outcome.out.find("usage: merlon ") != std::string::npos);
  }
}

TEST_CASE("commands: the help names every command and keeps to 80 columns") {
  const Outcome outcome = run_with({"--help"});
  CHECK(outcome.code == kYes);
  CHECK(outcome.out == program_help());
  for (const Command& command : commands()) {
    CHECK(outcome.out.find("\n  " + std::string(command.name) + " ") != std::string::npos);
  }
  std::istringstream lines(outcome.out);
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.size() <= 80);
  }
}

TEST_CASE("commands: no word at all is a usage error that teaches") {
  const Outcome outcome = run_with({});
  CHECK(outcome.code == kUsageError);
  CHECK(outcome.out.empty());
  CHECK(outcome.err == program_help());
}

TEST_CASE("commands: a mistyped command gets a suggestion") {
  CHECK(run_with({"vers"}).err ==
        "merlon: error[usage]: unknown command `vers`\n"
        "merlon: hint: did you mean `merlon version`?\n");
  CHECK(run_with({"hlep"}).err ==
        "merlon: error[usage]: unknown command `hlep`\n"
        "merlon: hint: did you mean `merlon help`?\n");
  const Outcome far = run_with({"frobnicate"});
  CHECK(far.code == kUsageError);
  CHECK(far.err ==
        "merlon: error[usage]: unknown command `frobnicate`\n"
        "merlon: hint: `merlon --help` lists the commands\n");
}

TEST_CASE("commands: an option before the command is explained, and its value is not repeated") {
  CHECK(run_with({"--verison=x"}).err ==
        "merlon: error[usage]: unknown option `--verison`\n"
        "merlon: hint: did you mean `merlon --version`?\n");
}

TEST_CASE("commands: --version names the program, the rules and every format's version") {
  const Outcome outcome = run_with({"--version"});
  CHECK(outcome.code == kYes);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.starts_with("merlon "));
  CHECK(
      outcome.out.ends_with("formats: rule 1, snapshot 1, lock 1, report 1, baseline 1, rule pack "
                            "1, package list 1, policy 1\n"));
  CHECK(outcome.out == run_with({"version"}).out);
}
