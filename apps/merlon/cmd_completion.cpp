#include <ostream>

#include "base/text.h"
#include "exit_code.h"
#include "help_tree.h"
#include "options.h"

namespace merlon::cli {

int cmd_completion(Env& env, std::span<const std::string> args);

namespace {

/// What may follow a command: its subcommands and options.
std::vector<std::string> words_after(const HelpNode& node) {
  std::vector<std::string> out;
  for (const HelpNode& child : node.children) {
    out.push_back(child.words.back());
  }
  for (const HelpOption& option : node.options) {
    out.push_back(option.names.back());
  }
  return out;
}

/// For a word of single quotes.
std::string quoted_for_shell(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

/// The cases of sh that both bash and zsh use: words by command, and words by option.
std::string shell_cases(const std::vector<const HelpNode*>& nodes) {
  std::string out = "  case \"$path\" in\n";
  for (const HelpNode* node : nodes) {
    out += "    " + quoted_for_shell(join(node->words, " ")) +
           ") words=" + quoted_for_shell(join(words_after(*node), " ")) + " ;;\n";
  }
  out += "  esac\n  case \"$path $previous\" in\n";
  for (const HelpNode* node : nodes) {
    for (const HelpOption& option : node->options) {
      if (!option.takes_value) {
        continue;
      }
      std::string pattern;
      for (const std::string& name : option.names) {
        pattern +=
            (pattern.empty() ? "" : "|") + quoted_for_shell(join(node->words, " ") + " " + name);
      }
      out += "    " + pattern + ") words=" + quoted_for_shell(join(option.choices, " ")) +
             "; value=1 ;;\n";
    }
  }
  return out + "  esac\n";
}

/// Which words in front of the cursor are the command.
std::string shell_paths(const std::vector<const HelpNode*>& nodes) {
  std::string out = "    case \"$next\" in\n      ";
  bool first = true;
  for (const HelpNode* node : nodes) {
    if (!node->words.empty()) {
      out += (first ? "" : "|") + quoted_for_shell(join(node->words, " "));
      first = false;
    }
  }
  return out + ") path=\"$next\" ;;\n    esac\n";
}

std::string bash_script(const std::vector<const HelpNode*>& nodes) {
  return "# bash completion for merlon, made by `merlon completion bash`\n"
         "_merlon() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local path='' words='' value=0 i next\n"
         "  for ((i = 1; i < COMP_CWORD; ++i)); do\n"
         "    next=\"${path:+$path }${COMP_WORDS[i]}\"\n" +
         shell_paths(nodes) + "  done\n" + shell_cases(nodes) +
         "  COMPREPLY=()\n"
         "  if [[ $value = 1 && -z $words || $value = 0 && $current != -* && -z $words ]]; then\n"
         "    return\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _merlon merlon\n";
}

std::string zsh_script(const std::vector<const HelpNode*>& nodes) {
  return "#compdef merlon\n# zsh completion for merlon, made by `merlon completion zsh`\n"
         "_merlon() {\n"
         "  local previous=\"${words[CURRENT-1]}\" path_='' found='' i next\n"
         "  local -a typed=(\"${words[@]}\")\n"
         "  local path='' words='' value=0\n"
         "  for ((i = 2; i < CURRENT; ++i)); do\n"
         "    next=\"${path:+$path }${typed[i]}\"\n" +
         shell_paths(nodes) + "  done\n" + shell_cases(nodes) +
         "  if [[ -n $words ]]; then\n"
         "    compadd -- ${=words}\n"
         "  fi\n"
         "  if [[ $value = 0 || -z $words ]]; then\n"
         "    _files\n"
         "  fi\n"
         "}\n"
         "compdef _merlon merlon\n";
}

/// `__fish_seen_subcommand_from policy; and ...`: fish knows no paths of commands.
std::string fish_condition(const std::vector<std::string>& words) {
  if (words.empty()) {
    return "__fish_use_subcommand";
  }
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + word);
  }
  return out;
}

std::string fish_script(const std::vector<const HelpNode*>& nodes) {
  std::string out = "# fish completion for merlon, made by `merlon completion fish`\n";
  for (const HelpNode* node : nodes) {
    const std::string condition = quoted_for_shell(fish_condition(node->words));
    for (const HelpNode& child : node->children) {
      out += "complete -c merlon -n " + condition + " -a " + quoted_for_shell(child.words.back()) +
             " -d " + quoted_for_shell(child.summary) + "\n";
    }
    for (const HelpOption& option : node->options) {
      out += "complete -c merlon -n " + condition;
      for (const std::string& name : option.names) {
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      out += option.takes_value ? " -r" : "";
      if (!option.choices.empty()) {
        out += " -f -a " + quoted_for_shell(join(option.choices, " "));
      }
      out += " -d " + quoted_for_shell(option.help) + "\n";
    }
  }
  return out;
}

}  // namespace

int cmd_completion(Env& env, std::span<const std::string> args) {
  std::string shell;
  Options options("completion", "let a shell complete the command line");
  options.describe(
      "Writes a script for bash, zsh or fish that knows all commands, options and choices. It is "
      "made of the same tables as --help.");
  options.positional("SHELL", shell, "bash, zsh or fish", true);
  options.example("merlon completion bash > ~/.local/share/bash-completion/completions/merlon",
                  "for the next shells");
  if (const auto code = options.parse(env, args)) {
    return *code;
  }
  const HelpNode root = read_help_tree(env);
  const std::vector<const HelpNode*> nodes = flat_help(root);
  if (shell == "bash") {
    env.out << bash_script(nodes);
  } else if (shell == "zsh") {
    env.out << zsh_script(nodes);
  } else if (shell == "fish") {
    env.out << fish_script(nodes);
  } else {
    Error error = make_error(ErrorCode::kUsage, "`", shell, "` is no shell that can be completed");
    error.hints.emplace_back("one of bash, zsh, fish");
    env.err << render(error);
    return kUsageError;
  }
  return kYes;
}

}  // namespace merlon::cli
