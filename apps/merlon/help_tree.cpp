#include "help_tree.h"

#include <sstream>

#include "base/text.h"
#include "cmd_help.h"
#include "commands.h"

namespace merlon::cli {
namespace {

constexpr std::size_t kDeepest = 3;  ///< words of a command

/// `  -f, --format WORD   output format: text, json` and the lines that go on with it.
void take_option(std::vector<HelpOption>& options, std::string_view line) {
  const std::string_view text = trim(line);
  const bool row = line.starts_with("  -") || line.starts_with("      --");
  if (!row) {
    const bool goes_on = line.starts_with("          ") && !text.empty() && !options.empty();
    if (goes_on) {
      options.back().help += (options.back().help.empty() ? "" : " ") + std::string(text);
    }
    return;
  }
  HelpOption option;
  const std::size_t gap = text.find("  ");
  const std::string_view left = text.substr(0, gap);
  option.help = gap == std::string_view::npos ? "" : std::string(trim(text.substr(gap)));
  for (const std::string_view word : split(left, ' ')) {
    if (word.starts_with('-')) {
      option.names.emplace_back(word.ends_with(',') ? word.substr(0, word.size() - 1) : word);
    } else if (!word.empty()) {
      option.takes_value = true;
      option.choices = word == "WORD" ? std::vector<std::string>{""} : std::vector<std::string>{};
    }
  }
  options.push_back(std::move(option));
}

/// `output format: text, json (default: text)` ends in the list of choices.
void find_choices(HelpOption& option) {
  if (option.choices.empty()) {
    return;
  }
  option.choices.clear();
  std::string_view text = option.help;
  text = text.substr(0, text.rfind(" (default: "));
  const std::size_t colon = text.rfind(": ");
  if (colon == std::string_view::npos) {
    return;
  }
  for (const std::string_view word : split(text.substr(colon + 2), ',')) {
    option.choices.emplace_back(trim(word));
  }
}

/// Reads options and subcommands out of the text; answers with the subcommands' words.
std::vector<std::pair<std::string, std::string>> read_sections(HelpNode& node) {
  std::vector<std::pair<std::string, std::string>> commands;
  std::string section;
  for (const std::string_view line : split(node.text, '\n')) {
    if (line.ends_with(':') && !line.starts_with(' ')) {
      section = line.substr(0, line.size() - 1);
    } else if (section == "Commands" && line.starts_with("  ") && !line.starts_with("   ")) {
      const std::string_view row = trim(line);
      const std::size_t blank = row.find(' ');
      commands.emplace_back(row.substr(0, blank),
                            blank == std::string_view::npos ? "" : trim(row.substr(blank)));
    } else if (section != "Commands" && section != "Examples" && section != "Arguments") {
      take_option(node.options, line);
    }
  }
  for (HelpOption& option : node.options) {
    find_choices(option);
  }
  return commands;
}

std::string help_of(Env& env, const std::vector<std::string>& words) {
  std::ostringstream out;
  std::ostringstream err;
  Env quiet{.out = out,
            .err = err,
            .read_stdin = env.read_stdin,
            .files = env.files,
            .clock = env.clock,
            .variable = env.variable};
  std::vector<std::string> args = words;
  args.emplace_back("--help");
  return run(quiet, args) == 0 ? out.str() : std::string();
}

void read_node(Env& env, HelpNode& node) {
  node.text = node.words.empty() ? program_help() : help_of(env, node.words);
  const auto commands = read_sections(node);
  const bool leaf = node.words.size() >= kDeepest || node.words == std::vector<std::string>{"help"};
  for (const auto& [name, summary] : leaf ? decltype(commands){} : commands) {
    HelpNode child;
    child.words = node.words;
    child.words.push_back(name);
    child.summary = summary;
    read_node(env, child);  // bounded by kDeepest and by our own tables
    node.children.push_back(std::move(child));
  }
}

void add_flat(const HelpNode& node, std::vector<const HelpNode*>& out) {
  out.push_back(&node);
  for (const HelpNode& child : node.children) {
    add_flat(child, out);
  }
}

}  // namespace

HelpNode read_help_tree(Env& env) {
  HelpNode root;
  root.summary = "makes MCP servers safe to use";
  read_node(env, root);
  return root;
}

std::vector<const HelpNode*> flat_help(const HelpNode& root) {
  std::vector<const HelpNode*> out;
  add_flat(root, out);
  return out;
}

}  // namespace merlon::cli
