#include "cmd_help.h"

#include <algorithm>
#include <array>
#include <ostream>

#include "base/text.h"
#include "commands.h"
#include "exit_code.h"
#include "help_tree.h"
#include "man_page.h"

namespace merlon::cli {
namespace {

constexpr std::string_view kIntroduction =
    R"(merlon makes MCP servers safe to use: it reads what servers and client
configurations say before an agent does, and reports what is dangerous in it.

usage: merlon COMMAND [options] [arguments]

Commands:
)";

constexpr std::string_view kRest =
    R"(
Options:
  -h, --help      show this text; `merlon COMMAND --help` shows a command's,
                  `merlon help --man COMMAND` its manual page
  -V, --version   show versions of the program, its rules and file formats

Examples:
  merlon scan
      look at the MCP servers that the clients on this machine are set up with
  merlon scan .mcp.json
      look at one client configuration; exit code 1 when it finds something bad
  merlon capture -- npx -y some-server@1.2.3 > server.json
      start a server and keep what it offers, for `merlon scan server.json`

Exit codes: 0 fine, 1 something was found, 2 wrong command line, 3 could not
tell (an input could not be read), 4 the environment failed, 70 a bug.
)";

}  // namespace

std::string program_help() {
  std::string text(kIntroduction);
  for (const Command& command : commands()) {
    text.append("  ").append(command.name);
    text.append(command.name.size() < 16 ? 16 - command.name.size() : 1, ' ');
    text.append(command.summary).push_back('\n');
  }
  text.append(kRest);
  return text;
}

int cmd_help(Env& env, std::span<const std::string> args);

namespace {

/// The manual page of a command, or of the program.
int print_man_page(Env& env, std::span<const std::string> words) {
  const HelpNode root = read_help_tree(env);
  for (const HelpNode* node : flat_help(root)) {
    if (std::ranges::equal(node->words, words)) {
      env.out << man_page(*node);
      return kYes;
    }
  }
  env.err << render(make_error(ErrorCode::kUsage, "there is no command `",
                               join(std::vector<std::string>(words.begin(), words.end()), " "),
                               "`"));
  return kUsageError;
}

}  // namespace

int cmd_help(Env& env, std::span<const std::string> args) {
  if (!args.empty() && args.front() == "--man") {
    return print_man_page(env, args.subspan(1));
  }
  if (args.empty() || args.front() == "help" || args.front().starts_with('-')) {
    env.out << program_help();
    return kYes;
  }
  std::vector<std::string> words(args.begin(), args.end());
  words.emplace_back("--help");
  return run(env, words);
}

}  // namespace merlon::cli
