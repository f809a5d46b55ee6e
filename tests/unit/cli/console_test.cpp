#include "console.h"

#include <doctest/doctest.h>

#include "unit/cli/test_env.h"

using namespace merlon::cli;

namespace {

struct Row {
  std::map<std::string, std::string, std::less<>> variables;
  ColorMode mode;
  bool terminal;
  bool colored;
};

}  // namespace

TEST_CASE("console: --color wins over the environment, the environment over the terminal") {
  const std::vector<Row> rows{
      {{{"TERM", "xterm"}}, ColorMode::kAuto, true, true},
      {{{"TERM", "xterm"}}, ColorMode::kAuto, false, false},
      {{{"TERM", "dumb"}}, ColorMode::kAuto, true, false},
      {{}, ColorMode::kAuto, true, false},
      {{{"TERM", "xterm"}, {"NO_COLOR", "1"}}, ColorMode::kAuto, true, false},
      {{{"TERM", "xterm"}, {"NO_COLOR", ""}}, ColorMode::kAuto, true, true},
      {{{"NO_COLOR", "1"}}, ColorMode::kAlways, false, true},
      {{{"CLICOLOR_FORCE", "1"}}, ColorMode::kAuto, false, true},
      {{{"CLICOLOR_FORCE", "0"}}, ColorMode::kAuto, false, false},
      {{{"CLICOLOR_FORCE", "1"}, {"NO_COLOR", "1"}}, ColorMode::kAuto, true, false},
      {{{"CLICOLOR_FORCE", "1"}}, ColorMode::kNever, true, false},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    merlon::test::TestWorld world;
    world.variables = rows[i].variables;
    CHECK(use_color(rows[i].mode, world.env, rows[i].terminal) == rows[i].colored);
  }
}

TEST_CASE("console: the words of --color") {
  CHECK(parse_color_mode("auto") == ColorMode::kAuto);
  CHECK(parse_color_mode("always") == ColorMode::kAlways);
  CHECK(parse_color_mode("never") == ColorMode::kNever);
  CHECK_FALSE(parse_color_mode("yes").has_value());
}
