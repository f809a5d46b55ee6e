#include <array>
#include <ostream>

#include "approvals_actions.h"
#include "base/text.h"
#include "commands.h"
#include "exit_code.h"

namespace merlon::cli {

int cmd_approvals(Env& env, std::span<const std::string> args);

namespace {

constexpr std::array kApprovalsActions{
    Command{"list", "the calls that wait for a person", approvals_list},
    Command{"show", "all of one ticket", approvals_show},
    Command{"approve", "let a call pass", approvals_approve},
    Command{"deny", "refuse a call", approvals_deny},
    Command{"watch", "wait for tickets and show them", approvals_watch},
    Command{"sign", "make a signed answer to a ticket's file", approvals_sign},
};

std::string approvals_help() {
  std::string text =
      "usage: merlon approvals COMMAND [options] [arguments]\n\n"
      "See what a policy asks a person about, and answer.\n\nCommands:\n";
  for (const Command& command : kApprovalsActions) {
    text.append("  ").append(command.name).append(16 - command.name.size(), ' ');
    text.append(command.summary).push_back('\n');
  }
  return text + "\nOptions:\n  -h, --help      show this text\n";
}

}  // namespace

int cmd_approvals(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << approvals_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    env.out << approvals_help();
    return kYes;
  }
  std::vector<std::string_view> known;
  for (const Command& command : kApprovalsActions) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
    known.push_back(command.name);
  }
  Error error = make_error(ErrorCode::kUsage, "unknown command `", word, "`");
  const std::string_view near = nearest(word, known);
  error.hints.push_back(near.empty() ? "`merlon approvals --help` lists the commands"
                                     : "did you mean `" + std::string(near) + "`?");
  env.err << render(error);
  return kUsageError;
}

}  // namespace merlon::cli
