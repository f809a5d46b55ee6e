#pragma once
/// What one file says about servers and what they offer. Strings are not copied: an item holds node
/// ids of `document`, and every string node carries its Surface as its label.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "model/surface.h"

namespace merlon {

enum class ItemKind : std::uint8_t { kTool, kPrompt, kResource, kResourceTemplate, kSkill };
[[nodiscard]] std::string_view to_string(ItemKind kind);

inline constexpr std::uint32_t kNoServer = 0xFFFFFFFFU;

/// A tool, prompt, resource or skill. Absent parts are kNoNode.
struct Item {
  ItemKind kind{ItemKind::kTool};
  std::uint32_t server{kNoServer};  ///< index into Manifest::servers
  NodeId node{kNoNode};             ///< the whole definition: its subtree is the item
  NodeId name{kNoNode};
  NodeId description{kNoNode};
  NodeId input_schema{kNoNode};
  NodeId output_schema{kNoNode};
  NodeId annotations{kNoNode};
};

struct NameValue {
  NodeId name{kNoNode};
  NodeId value{kNoNode};
};

enum class Transport : std::uint8_t { kUnknown, kStdio, kHttp, kSse, kWebSocket };

/// One word of a launch command line after splitting; `node` is the string that it came from.
struct LaunchWord {
  std::string text;
  NodeId node{kNoNode};
};

/// A server as a manifest or a client configuration describes it.
struct Server {
  std::string name;      ///< configured name, else what it calls itself; may be empty
  NodeId node{kNoNode};  ///< the whole entry
  NodeId name_node{kNoNode};
  Transport transport{Transport::kUnknown};
  /// argv as it would be started: program first. Empty for remote servers.
  std::vector<LaunchWord> launch;
  std::vector<NameValue> environment;
  std::vector<NameValue> headers;
  NodeId url{kNoNode};
  NodeId instructions{kNoNode};
  bool enabled{true};
};

/// What a reader could not or did not take from the file. Part of the report's coverage section.
struct ReadNote {
  NodeId node{kNoNode};
  std::string message;    ///< lower case, no period
  bool incomplete{true};  ///< true: the scan did not see everything (exit code 3)
};

struct Manifest {
  std::string format;  ///< name of the ManifestFormat that read it
  Document document;
  std::vector<Server> servers;
  std::vector<Item> items;  ///< sorted by node
  std::vector<ReadNote> notes;
  /// Roots, sorted, of subtrees that repeat an earlier part of the file byte for byte: the second
  /// era of a snapshot. They are no items, and what is found in them was found before.
  std::vector<NodeId> repeated;
  /// For entries of a bundle: `bundle.mcpb!manifest.json`. Equals document.source().name().
  [[nodiscard]] const std::string& file() const { return document.source().name(); }
  /// Whether `node` lies in a repeated subtree.
  [[nodiscard]] bool is_repeated(NodeId node) const;
  /// The innermost item whose subtree holds `node`, or null.
  [[nodiscard]] const Item* item_at(NodeId node) const;
  /// The server whose subtree holds `node`, else the server of its item, or null.
  [[nodiscard]] const Server* server_at(NodeId node) const;
  [[nodiscard]] Surface surface_of(NodeId node) const {
    return static_cast<Surface>(document.label(node));
  }
};

}  // namespace merlon
