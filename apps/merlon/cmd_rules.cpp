#include <array>
#include <ostream>

#include "commands.h"
#include "exit_code.h"
#include "rules_actions.h"
#include "rules_pack.h"

namespace merlon::cli {

int cmd_rules(Env& env, std::span<const std::string> args);

namespace {

constexpr std::array kSubcommands{
    Command{"list", "list the built-in rules", rules_list},
    Command{"explain", "say what a rule is about, with its examples", rules_explain},
    Command{"test", "run the examples of rules", rules_test},
    Command{"new", "start a rule file with one bad and one good example", rules_new},
    Command{"pack", "build, sign, verify and show signed packs", rules_pack},
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
  return fail_rules(
      env, unknown_word("command", word, known, "`merlon rules --help` lists the commands"),
      kUsageError);
}

}  // namespace merlon::cli
