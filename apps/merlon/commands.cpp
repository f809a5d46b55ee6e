#include "commands.h"

#include <array>
#include <ostream>

#include "base/text.h"
#include "cmd_help.h"
#include "exit_code.h"

namespace merlon::cli {

// Each in cmd_<name>.cpp.
int cmd_approvals(Env& env, std::span<const std::string> args);
int cmd_attest(Env& env, std::span<const std::string> args);
int cmd_audit(Env& env, std::span<const std::string> args);
int cmd_audit_verify(Env& env, std::span<const std::string> args);
int cmd_broker(Env& env, std::span<const std::string> args);
int cmd_capture(Env& env, std::span<const std::string> args);
int cmd_completion(Env& env, std::span<const std::string> args);
int cmd_doctor(Env& env, std::span<const std::string> args);
int cmd_eval(Env& env, std::span<const std::string> args);
int cmd_group(Env& env, std::span<const std::string> args);
int cmd_help(Env& env, std::span<const std::string> args);
int cmd_hook(Env& env, std::span<const std::string> args);
int cmd_pins(Env& env, std::span<const std::string> args);
int cmd_policy(Env& env, std::span<const std::string> args);
int cmd_proxy(Env& env, std::span<const std::string> args);
int cmd_replay(Env& env, std::span<const std::string> args);
int cmd_rules(Env& env, std::span<const std::string> args);
int cmd_scan(Env& env, std::span<const std::string> args);
int cmd_status(Env& env, std::span<const std::string> args);
int cmd_version(Env& env, std::span<const std::string> args);
int cmd_wrap(Env& env, std::span<const std::string> args);

namespace {

constexpr std::array kCommands{
    Command{"scan", "find what is wrong with manifests and client configurations", cmd_scan},
    Command{"proxy", "guard a stdio server: a policy decides every message", cmd_proxy},
    Command{"wrap", "let a client's servers run behind the proxy", cmd_wrap},
    Command{"hook", "judge one event of an agent's host", cmd_hook},
    Command{"doctor", "see what is not behind the proxy, and what could be changed", cmd_doctor},
    Command{"replay", "decide recorded sessions again, also by other policies", cmd_replay},
    Command{"approvals", "see what waits for a person, and answer", cmd_approvals},
    Command{"status", "ask the proxies that run what they have done", cmd_status},
    Command{"capture", "start a server and write down what it offers", cmd_capture},
    Command{"rules", "list, explain, test and start rules", cmd_rules},
    Command{"policy", "check, explain, test and start policies", cmd_policy},
    Command{"pins", "approve what servers offer, and see what has changed since", cmd_pins},
    Command{"group", "see and forget what the proxies of a client have touched", cmd_group},
    Command{"broker", "serve a group of proxies; they start it themselves", cmd_broker},
    Command{"audit-verify", "say what has happened to an audit log", cmd_audit_verify},
    Command{"audit", "look into audit logs, begin and export them", cmd_audit},
    Command{"attest", "make keys that sign, and show them", cmd_attest},
    Command{"eval", "measure the rules on labelled corpora", cmd_eval},
    Command{"completion", "let a shell complete the command line", cmd_completion},
    Command{"help", "show help, also of one command", cmd_help},
    Command{"version", "show versions of the program, its rules and formats", cmd_version},
};

/// A command that begins with the word, else one that is spelt like it.
std::string_view suggestion(std::string_view word, const std::vector<std::string_view>& known) {
  for (const std::string_view name : known) {
    if (word.size() >= 2 && name.starts_with(word)) {
      return name;
    }
  }
  return nearest(word, known);
}

int unknown_command(Env& env, const std::string& word) {
  const bool option = word.starts_with('-');
  std::vector<std::string_view> known;
  for (const Command& command : commands()) {
    known.push_back(command.name);
  }
  if (option) {
    known = {"--help", "--version"};
  }
  Error error = make_error(ErrorCode::kUsage, option ? "unknown option `" : "unknown command `",
                           word.substr(0, option ? word.find('=') : std::string::npos), "`");
  const std::string_view near = suggestion(word, known);
  error.hints.push_back(near.empty() ? "`merlon --help` lists the commands"
                                     : "did you mean `merlon " + std::string(near) + "`?");
  env.err << render(error);
  return kUsageError;
}

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

int run(Env& env, std::span<const std::string> args) {
  if (args.empty()) {
    env.err << program_help();
    return kUsageError;
  }
  const std::string& word = args.front();
  if (word == "--help" || word == "-h") {
    return cmd_help(env, args.subspan(1));
  }
  if (word == "--version" || word == "-V") {
    return cmd_version(env, args.subspan(1));
  }
  for (const Command& command : commands()) {
    if (command.name == word) {
      return command.run(env, args.subspan(1));
    }
  }
  return unknown_command(env, word);
}

}  // namespace merlon::cli
