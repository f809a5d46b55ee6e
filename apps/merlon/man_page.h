#pragma once
/// Manual pages, made of the text of `--help`.
#include <string>

#include "help_tree.h"

namespace merlon::cli {

/// A page in roff for the command of the node, with its subcommands.
[[nodiscard]] std::string man_page(const HelpNode& node);

}  // namespace merlon::cli
