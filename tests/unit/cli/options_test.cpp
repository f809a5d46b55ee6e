#include "options.h"

#include <doctest/doctest.h>

#include "exit_code.h"
#include "unit/cli/test_env.h"

using namespace merlon;
using namespace merlon::cli;

namespace {

struct Given {
  bool quiet{false};
  std::string format{"text"};
  std::string output;
  std::vector<std::string> rules;
  std::uint64_t jobs{0};
  std::vector<std::string> inputs;
  std::vector<std::string> command;
};

void declare(Options& options, Given& given, bool with_command) {
  options.choice("--format,-f", given.format, {"json", "text"}, "how findings are printed");
  options.value("--output,-o", given.output, "FILE", "write there instead of to standard output");
  options.value("--rules", given.rules, "DIR", "more rules");
  options.value("--jobs,-j", given.jobs, "N", "threads");
  options.flag("--quiet,-q", given.quiet, "findings only");
  options.positional("INPUT", given.inputs, "files or folders");
  if (with_command) {
    options.rest("COMMAND", given.command, "what to start");
  }
}

struct ParseOutcome {
  std::optional<int> code;
  std::string out;
  std::string err;
};

ParseOutcome parse(Given& given, std::vector<std::string> args, bool with_command = false) {
  merlon::test::TestWorld world;
  Options options("scan", "look");
  declare(options, given, with_command);
  const auto code = options.parse(world.env, args);
  return {code, world.out.str(), world.err.str()};
}

std::string error_of(std::vector<std::string> args, bool with_command = false) {
  Given given;
  const ParseOutcome outcome = parse(given, std::move(args), with_command);
  CHECK(outcome.code == std::optional<int>(kUsageError));
  CHECK(outcome.out.empty());
  return outcome.err;
}

}  // namespace

TEST_CASE("options: values, flags and positionals may stand in any order") {
  Given given;
  const ParseOutcome outcome =
      parse(given, {"a", "-qf", "json", "--rules=r1", "b", "--rules", "r2", "-j4", "-", "-ox"});
  CHECK_FALSE(outcome.code.has_value());
  CHECK(outcome.err.empty());
  CHECK(given.quiet);
  CHECK(given.format == "json");
  CHECK(given.rules == std::vector<std::string>{"r1", "r2"});
  CHECK(given.jobs == 4);
  CHECK(given.output == "x");
  CHECK(given.inputs == std::vector<std::string>{"a", "b", "-"});
}

TEST_CASE("options: what is not given keeps its value") {
  Given given;
  CHECK_FALSE(parse(given, {}).code.has_value());
  CHECK(given.format == "text");
  CHECK(given.inputs.empty());
}

TEST_CASE("options: words after -- are arguments whatever they look like") {
  Given given;
  CHECK_FALSE(parse(given, {"a", "--", "--quiet", "-x", "--"}).code.has_value());
  CHECK(given.inputs == std::vector<std::string>{"a", "--quiet", "-x", "--"});
  CHECK_FALSE(given.quiet);
}

TEST_CASE("options: a command's own words stand after -- and are not looked at") {
  Given given;
  CHECK_FALSE(parse(given, {"-q", "--", "npx", "--help", "--format", "x"}, true).code.has_value());
  CHECK(given.command == std::vector<std::string>{"npx", "--help", "--format", "x"});
  CHECK(given.inputs.empty());
}

TEST_CASE("options: brackets, commas and quotes in words are kept as they are") {
  Given given;
  CHECK_FALSE(parse(given, {"[a,b]", "--rules", "[c,d]", "--rules=\"e\"", "{}"}).code.has_value());
  CHECK(given.inputs == std::vector<std::string>{"[a,b]", "{}"});
  CHECK(given.rules == std::vector<std::string>{"[c,d]", "\"e\""});
}

TEST_CASE("options: an unknown option is named, with the nearest one; its value is not repeated") {
  CHECK(error_of({"--formt=sk-secret"}) ==
        "merlon: error[usage]: unknown option `--formt` of `merlon scan`\n"
        "merlon: hint: did you mean `--format`?\n");
  CHECK(error_of({"--nonsense"}) ==
        "merlon: error[usage]: unknown option `--nonsense` of `merlon scan`\n"
        "merlon: hint: `merlon scan --help` shows what it takes\n");
  CHECK(error_of({"-Z"}) ==
        "merlon: error[usage]: unknown option `-Z` of `merlon scan`\n"
        "merlon: hint: `merlon scan --help` shows what it takes\n");
}

TEST_CASE("options: each mistake has its own message") {
  const std::string hint = "merlon: hint: `merlon scan --help` shows what it takes\n";
  CHECK(error_of({"--format"}) == "merlon: error[usage]: `--format` needs a value\n" + hint);
  CHECK(error_of({"--format="}) ==
        "merlon: error[usage]: `--format` needs a value after `=`\n" + hint);
  CHECK(error_of({"-f", "json", "-f", "text"}) ==
        "merlon: error[usage]: `--format` is given more than once\n" + hint);
  CHECK(error_of({"--format", "jsn"}) ==
        "merlon: error[usage]: `--format` cannot be `jsn`: it is one of json, text\n"
        "merlon: hint: did you mean `json`?\n");
  CHECK(error_of({"--jobs", "many"}) ==
        "merlon: error[usage]: `--jobs` takes a whole number, not `many`\n" + hint);
  CHECK(error_of({"--quiet=yes"}) == "merlon: error[usage]: `--quiet` takes no value\n" + hint);
}

TEST_CASE("options: a missing or an extra argument is named") {
  merlon::test::TestWorld world;
  std::string file;
  Options options("explain", "explain");
  options.positional("FILE", file, "a file", true);
  CHECK(options.parse(world.env, std::vector<std::string>{}) == std::optional<int>(kUsageError));
  CHECK(options.parse(world.env, std::vector<std::string>{"a", "b"}) ==
        std::optional<int>(kUsageError));
  CHECK(world.err.str() ==
        "merlon: error[usage]: `merlon explain` needs FILE\n"
        "merlon: hint: `merlon explain --help` shows what it takes\n"
        "merlon: error[usage]: unexpected argument `b` of `merlon explain`\n"
        "merlon: hint: `merlon explain --help` shows what it takes\n");
}

TEST_CASE("options: help wins over a wrong line and shows every option with its default") {
  Given given;
  const ParseOutcome outcome = parse(given, {"--nonsense", "-h"}, true);
  CHECK(outcome.code == std::optional<int>(kYes));
  CHECK(outcome.err.empty());
  CHECK(outcome.out == R"(usage: merlon scan [options] [INPUT...] -- COMMAND...

Look.

Arguments:
  INPUT                     files or folders
  -- COMMAND...             what to start

Options:
  -f, --format WORD         how findings are printed: json, text (default: text)
  -o, --output FILE         write there instead of to standard output
      --rules DIR           more rules
  -j, --jobs N              threads
  -q, --quiet               findings only
  -h, --help                show this text
)");
}

TEST_CASE("options: groups, long text, long lines and examples are laid out") {
  bool flag = false;
  std::string value;
  Options options("rules test", "check rules against their own examples");
  options.describe("Every bad example must fire its rule.\n\n  kept = as it stands");
  options.group("Input");
  options.value("--a-name-that-is-much-too-long", value, "VALUE",
                "a help text that is so long that it has to go on in the next line of the column");
  options.group("Output");
  options.flag("-x", flag, "short only");
  options.example("merlon rules test rules/", "look at the rules of a folder");
  CHECK(options.help() == R"(usage: merlon rules test [options]

Check rules against their own examples.

Every bad example must fire its rule.

  kept = as it stands

Input:
      --a-name-that-is-much-too-long VALUE
                            a help text that is so long that it has to go on in
                            the next line of the column

Output:
  -x                        short only
  -h, --help                show this text

Examples:
  merlon rules test rules/
      look at the rules of a folder
)");
}
