#pragma once
/// The commands with their options as `--help` shows them: what completions and manual pages are
/// made of, so that nothing can be in one and not in the others.
#include <string>
#include <vector>

#include "env.h"

namespace merlon::cli {

struct HelpOption {
  std::vector<std::string> names;  ///< `-f`, `--format`
  bool takes_value{false};
  std::vector<std::string> choices;  ///< the words that the value is one of; empty: any
  std::string help;
};

struct HelpNode {
  std::vector<std::string> words;  ///< `policy`, `check`; empty: the program itself
  std::string summary;
  std::string text;  ///< of --help
  std::vector<HelpOption> options;
  std::vector<HelpNode> children;
};

/// Asks every command for its help.
[[nodiscard]] HelpNode read_help_tree(Env& env);

/// All nodes, the program itself first.
[[nodiscard]] std::vector<const HelpNode*> flat_help(const HelpNode& root);

}  // namespace merlon::cli
