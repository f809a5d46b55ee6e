#include <algorithm>

#include <doctest/doctest.h>

#include "commands.h"
#include "exit_code.h"
#include "help_tree.h"
#include "man_page.h"
#include "test_env.h"

namespace merlon::cli {
namespace {

const HelpNode* node_of(const HelpNode& root, const std::vector<std::string>& words) {
  for (const HelpNode* node : flat_help(root)) {
    if (node->words == words) {
      return node;
    }
  }
  return nullptr;
}

}  // namespace

TEST_CASE("help tree: every command is in it, with options, subcommands and choices") {
  test::TestWorld world;
  const HelpNode root = read_help_tree(world.env);
  for (const Command& command : commands()) {
    CAPTURE(command.name);
    const HelpNode* const node = node_of(root, {std::string(command.name)});
    REQUIRE(node != nullptr);
    CHECK(node->summary == command.summary);
    CHECK_FALSE(node->text.empty());
    CHECK_FALSE(node->options.empty());
  }
  REQUIRE(node_of(root, {"policy", "check"}) != nullptr);
  const HelpNode* const status = node_of(root, {"status"});
  const auto format = std::ranges::find_if(status->options, [](const HelpOption& option) {
    return option.names == std::vector<std::string>{"-f", "--format"};
  });
  REQUIRE(format != status->options.end());
  CHECK(format->choices == std::vector<std::string>{"text", "json"});
  CHECK(format->takes_value);
}

TEST_CASE("completion: each shell gets a script with every command; others are refused") {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    CAPTURE(shell);
    test::TestWorld world;
    CHECK(cli::run(world.env, std::vector<std::string>{"completion", shell}) == kYes);
    for (const Command& command : commands()) {
      CHECK(world.out.str().find("'" + std::string(command.name) + "'") != std::string::npos);
    }
  }
  test::TestWorld world;
  CHECK(cli::run(world.env, std::vector<std::string>{"completion", "csh"}) == kUsageError);
}

TEST_CASE("manual pages: roff that prints the help, nothing taken for a request") {
  const HelpNode node{.words = {"x"},
                      .summary = "does",
                      .text = "usage: merlon x\n\nDoes \\ it.\n\nOptions:\n  -a, --all   all\n.x\n",
                      .options = {},
                      .children = {}};
  CHECK(man_page(node) ==
        ".TH merlon\\-x 1\n.SH NAME\nmerlon\\-x \\- does\n.SH SYNOPSIS\nusage: merlon x\n.PP\n"
        "Does \\e it.\n.PP\n.SH OPTIONS\n.nf\n  \\-a, \\-\\-all   all\n.fi\n\\&.x\n.PP\n");
  test::TestWorld world;
  CHECK(cli::run(world.env, std::vector<std::string>{"help", "--man", "policy"}) == kYes);
  CHECK(world.out.str().find(".SH policy check\n") != std::string::npos);
  CHECK(cli::run(world.env, std::vector<std::string>{"help", "--man", "nothing"}) == kUsageError);
}

}  // namespace merlon::cli
