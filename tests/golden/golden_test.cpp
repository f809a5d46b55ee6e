/// Every folder of testdata/golden is a command line with its whole output; golden_case.h says what
/// is in one. MERLON_UPDATE_GOLDEN=1 rewrites what is expected; read the difference before
/// committing it. MERLON_GOLDEN_CASE=<substring> runs some of them.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/text.h"
#include "commands.h"
#include "golden_case.h"

namespace merlon::test {
namespace {

namespace fs = std::filesystem;

fs::path golden_root() {
  return fs::path(MERLON_SOURCE_DIR) / "testdata/golden";
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): one thread
  return value == nullptr ? "" : value;
}

// The first line that differs; empty when all are equal.
std::string difference(const std::string& expected, const std::string& found) {
  if (expected == found) {
    return "";
  }
  const auto want = split(expected, '\n');
  const auto have = split(found, '\n');
  const auto [a, b] = std::mismatch(want.begin(), want.end(), have.begin(), have.end());
  const std::string number = std::to_string(a - want.begin() + 1);
  return "line " + number + "\n  expected: " + (a == want.end() ? "(end)" : std::string(*a)) +
         "\n  found:    " + (b == have.end() ? "(end)" : std::string(*b));
}

void check_case(const GoldenCase& golden) {
  const GoldenResult found = run_golden_case(golden);
  CHECK_MESSAGE(found.unused.empty(), "unused: ", join(found.unused, ", "));
  if (!variable("MERLON_UPDATE_GOLDEN").empty()) {
    update_golden_case(golden, found);
    return;
  }
  const GoldenResult expected = expected_result(golden);
  CHECK_MESSAGE(difference(expected.out, found.out) == "", "stdout, ",
                difference(expected.out, found.out));
  CHECK_MESSAGE(difference(expected.err, found.err) == "", "stderr, ",
                difference(expected.err, found.err));
  CHECK(found.exit == expected.exit);
  std::set<std::string> files;
  for (const auto& [file, bytes] : expected.written) {
    files.insert(file);
  }
  for (const auto& [file, bytes] : found.written) {
    files.insert(file);
  }
  for (const std::string& file : files) {
    CAPTURE(file);
    CHECK_MESSAGE(expected.written.contains(file), "written, but not expected");
    CHECK_MESSAGE(found.written.contains(file), "expected, but not written");
    if (!expected.written.contains(file) || !found.written.contains(file)) {
      continue;
    }
    const std::string& want = expected.written.at(file);
    CHECK_MESSAGE(difference(want, found.written.at(file)) == "",
                  difference(want, found.written.at(file)));
  }
}

TEST_CASE("golden: every case gives its output, errors, files and exit code") {
  const auto cases = find_golden_cases(golden_root());
  REQUIRE(!cases.empty());
  const std::string only = variable("MERLON_GOLDEN_CASE");
  for (const GoldenCase& golden : cases) {
    if (golden.name.find(only) == std::string::npos) {
      continue;
    }
    CAPTURE(golden.name);
    check_case(golden);
  }
}

TEST_CASE("golden: every file of testdata/golden belongs to a case, and every case to a command") {
  std::set<std::string> commands = {
      "merlon"};  // cases of the program itself: no command, help, version
  for (const cli::Command& command : cli::commands()) {
    commands.insert(std::string(command.name));
  }
  for (const auto& command : fs::directory_iterator(golden_root())) {
    CAPTURE(command.path());
    CHECK(command.is_directory());
    CHECK(commands.contains(command.path().filename().string()));
    for (const auto& folder : fs::directory_iterator(command)) {
      CAPTURE(folder.path());
      CHECK(fs::exists(folder.path() / "cmd"));
      CHECK(fs::exists(folder.path() / "exit"));
    }
  }
}

TEST_CASE("golden: the words of a command line are the shell's") {
  CHECK(split_words("") == std::vector<std::string>{});
  CHECK(split_words(" a  'b c'\n\"d \"e\\ f ''\n") ==
        std::vector<std::string>{"a", "b c", "d e f", ""});
}

// The runner itself: what it must notice.
TEST_CASE("golden: an unused input, a written file and an environment are seen") {
  const fs::path root =
      fs::temp_directory_path() / ("merlon-golden-self-" + std::to_string(::getpid()));
  fs::create_directories(root / "merlon/self");
  GoldenCase golden = load_golden_case(root, root / "merlon/self");
  golden.args = {"--version"};
  golden.inputs = {"unread.json"};
  golden.input = "never read";
  golden.setup = "";
  update_golden_case(golden,
                     {.out = "o", .err = "e", .exit = 3, .written = {{"a/b", "c"}}, .unused = {}});
  const GoldenResult expected = expected_result(golden);
  CHECK(expected.out == "o");
  CHECK(expected.err == "e");
  CHECK(expected.exit == 3);
  CHECK(expected.written == std::map<std::string, std::string>{{"a/b", "c"}});
  update_golden_case(golden, {});
  CHECK(expected_result(golden).written.empty());
  {
    std::ofstream(root / "merlon/self/unread.json") << "{}";
  }
  CHECK(run_golden_case(golden).unused == std::vector<std::string>{"unread.json", "stdin"});
  fs::remove_all(root);
}

}  // namespace
}  // namespace merlon::test
