#include "wrap/launch_site.h"

#include <optional>
#include <string_view>

namespace merlon {
namespace {

/// The object that holds the command: the entry, or one in it for older forms.
struct CommandHolder {
  NodeId object{kNoNode};
  std::string_view key;
};

std::optional<CommandHolder> holder_of(const Document& document, NodeId entry) {
  const auto command = document.find(entry, "command");
  if (command && document.is(*command, NodeKind::kObject)) {
    return CommandHolder{.object = *command, .key = "path"};
  }
  if (command) {
    return CommandHolder{.object = entry, .key = "command"};
  }
  if (document.find(entry, "cmd")) {
    return CommandHolder{.object = entry, .key = "cmd"};
  }
  const auto transport = document.find(entry, "transport");
  if (transport && document.find(*transport, "command")) {
    return CommandHolder{.object = *transport, .key = "command"};
  }
  return std::nullopt;
}

/// Reads the members; answers with what is wrong with them.
std::string take_members(const Document& document, std::string_view command_name,
                         LaunchSite& site) {
  for (const auto& [key, value] : document.members(site.object)) {
    const std::string name = document.text(key);
    const bool command = name == command_name;
    const bool arguments = name == "args" || name == "arguments";
    if ((document.node(key).flags & kNodeDuplicate) != 0 ||
        (arguments && site.arguments != kNoNode)) {
      return "one of its keys stands twice";
    }
    if ((command || arguments) && !stands_in_place(document, key, value)) {
      return "its launch is written elsewhere in the file";
    }
    if (command) {
      site.command_key = key;
      site.command = value;
    } else if (arguments) {
      site.arguments_key = key;
      site.arguments = value;
    }
  }
  return site.command == kNoNode ? "it has no command" : "";
}

bool holds_words_only(const Document& document, NodeId list) {
  for (const NodeId word : document.elements(list)) {
    const NodeKind kind = document.kind(word);
    if (kind == NodeKind::kArray || kind == NodeKind::kObject || kind == NodeKind::kNull) {
      return false;
    }
  }
  return true;
}

std::string judge_values(const Document& document, LaunchSite& site, ConfigSyntax syntax) {
  site.list = document.is(site.command, NodeKind::kArray);
  if (site.list && (document.elements(site.command).empty() || site.arguments != kNoNode)) {
    return "its command is a list without a program, or has arguments beside it";
  }
  if (!site.list && !document.is(site.command, NodeKind::kString)) {
    return "its command is no text";
  }
  if (!site.list && (document.text(site.command).empty() ||
                     (syntax == ConfigSyntax::kYaml &&
                      is_block_text(document, site.command_key, site.command)))) {
    return "its command is empty or a block of text";
  }
  const bool list = document.is(site.arguments, NodeKind::kArray);
  const bool null =
      document.is(site.arguments, NodeKind::kNull) && !document.raw(site.arguments).empty();
  if (site.arguments != kNoNode && !list && !null) {
    return "its arguments are no list";
  }
  const NodeId words = site.list ? site.command : site.arguments;
  if (words != kNoNode && !holds_words_only(document, words)) {
    return "one of its arguments is no text";
  }
  return "";
}

}  // namespace

bool stands_in_place(const Document& document, NodeId key, NodeId value) {
  return document.node(value).begin >= document.node(key).end;
}

bool is_block_text(const Document& document, NodeId key, NodeId value) {
  const std::uint32_t end = document.node(key).end;
  const std::string_view between =
      document.source().bytes().substr(end, document.node(value).begin - end);
  return between.find_first_of("|>") != std::string_view::npos;
}

LaunchFinder::LaunchFinder(const Manifest& manifest, ConfigSyntax syntax)
    : document_(manifest.document), syntax_(syntax) {
  for (NodeId id = 0; id < document_.size(); ++id) {
    if (document_.is(id, NodeKind::kKey) && (document_.node(id).flags & kNodeDuplicate) != 0) {
      twice_.emplace(document_.node(id).parent, document_.text(id));
    }
  }
}

/// What is wrong with the way from the root to the object.
std::string LaunchFinder::judge_way(NodeId object) const {
  for (NodeId node = object; document_.node(node).parent != kNoNode;
       node = document_.node(node).parent) {
    const NodeId parent = document_.node(node).parent;
    const bool member = document_.is(parent, NodeKind::kKey);
    if (member && twice_.contains({document_.node(parent).parent, document_.text(parent)})) {
      return "one of the keys that lead to it stands twice";
    }
    // Only YAML has aliases; the tables of TOML have the place of their header.
    const bool elsewhere = member ? !stands_in_place(document_, parent, node)
                                  : document_.node(node).begin < document_.node(parent).begin;
    if (syntax_ == ConfigSyntax::kYaml && elsewhere) {
      return "it is written elsewhere in the file";
    }
  }
  return "";
}

FoundSite LaunchFinder::find(const Server& server) const {
  FoundSite found;
  const auto holder = holder_of(document_, server.node);
  if (!holder) {
    found.problem = "it has no command";
    found.built_in = true;
    return found;
  }
  found.site.object = holder->object;
  found.problem = judge_way(holder->object);
  if (found.problem.empty()) {
    found.problem = take_members(document_, holder->key, found.site);
  }
  if (found.problem.empty()) {
    found.problem = judge_values(document_, found.site, syntax_);
  }
  return found;
}

std::vector<std::string> written_words(const Document& document, const LaunchSite& site) {
  std::vector<std::string> words;
  if (!site.list) {
    words.push_back(document.text(site.command));
  }
  const NodeId list = site.list ? site.command : site.arguments;
  if (list != kNoNode) {
    for (const NodeId word : document.elements(list)) {
      words.push_back(document.text(word));
    }
  }
  return words;
}

}  // namespace merlon
