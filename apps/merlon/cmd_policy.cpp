#include <array>
#include <ostream>

#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "policy_actions.h"

namespace merlon::cli {

int cmd_policy(Env& env, std::span<const std::string> args);

namespace {

constexpr std::array kPolicyActions{
    Command{"check", "say what is wrong with a policy, and what has no effect", policy_check},
    Command{"explain", "say what a policy decides about a call, and why", policy_explain},
    Command{"test", "play a policy's cases", policy_test},
    Command{"init", "start a policy from what servers offer", policy_init},
    Command{"install", "keep a version of a policy and put it in force", policy_install},
    Command{"rollback", "put the version before the current one in force", policy_rollback},
};

std::string policy_help() {
  std::string text =
      "usage: merlon policy COMMAND [options] [arguments]\n\n"
      "Check, explain, test and start policies.\n\nCommands:\n";
  for (const Command& command : kPolicyActions) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int cmd_policy(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << policy_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << policy_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kPolicyActions) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  Error error = make_error(ErrorCode::kUsage, "unknown command `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? "`merlon policy --help` lists the commands"
                                     : "did you mean `" + std::string(near) + "`?");
  env.err << render(error);
  return kUsageError;
}

}  // namespace merlon::cli
