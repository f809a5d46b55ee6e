#pragma once
/// Where in a client's configuration the launch of a server is written: the nodes that have to be
/// edited to make it another one.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/manifest.h"
#include "wrap/config_syntax.h"

namespace merlon {

struct LaunchSite {
  NodeId object{kNoNode};         ///< holds the command
  NodeId command_key{kNoNode};    ///< its member, `command`, `cmd` or `path`
  NodeId command{kNoNode};        ///< a string, or the list of all words
  NodeId arguments_key{kNoNode};  ///< of the list of arguments, where there is one
  NodeId arguments{kNoNode};
  bool list{false};  ///< `command` is the list of all words
};

struct FoundSite {
  LaunchSite site;
  std::string problem;   ///< why the launch cannot be edited; empty: it can
  bool built_in{false};  ///< because there is none: the client brings the server along
};

/// Finds the launches of one manifest.
class LaunchFinder {
 public:
  LaunchFinder(const Manifest& manifest, ConfigSyntax syntax);

  /// Of a server that is started on this machine. Refuses what clients could read otherwise: a key
  /// that stands twice, a value that is written elsewhere (an alias), values of unexpected kinds.
  [[nodiscard]] FoundSite find(const Server& server) const;

 private:
  [[nodiscard]] std::string judge_way(NodeId object) const;

  const Document& document_;
  ConfigSyntax syntax_;
  std::set<std::pair<NodeId, std::string>> twice_;  ///< object and key
};

/// The words as they are written, program first.
[[nodiscard]] std::vector<std::string> written_words(const Document& document,
                                                     const LaunchSite& site);

/// True when `value` stands in the source behind `key` and nowhere else (no alias of YAML).
[[nodiscard]] bool stands_in_place(const Document& document, NodeId key, NodeId value);
/// True for a value of YAML that is a block of text (`|`, `>`), whose place is that of its lines.
[[nodiscard]] bool is_block_text(const Document& document, NodeId key, NodeId value);

}  // namespace merlon
