#pragma once
/// One tree for JSON, JSONC, JSON lines, TOML, YAML and Markdown front matter, in which every key
/// and value knows its exact bytes in the source.
///
/// The tree is a flat array of 24-byte nodes in document order; strings are not copied but read
/// from the source when asked for, so a 100 MB input costs its own size plus the nodes. Readers of
/// a format put a *label* (one byte, a Surface of model/manifest.h) on the nodes they know.
///
///   MERLON_TRY(Document doc, parse_json(source, options));
///   if (auto tools = doc.find(doc.root(), "tools")) {
///     for (NodeId tool : doc.elements(*tools)) { std::string name = doc.string_or(doc.find(tool,
///     "name"), ""); }
///   }
///
/// Thread safety: const members may be called from many threads; labels are set before sharing.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/location.h"
#include "base/source_text.h"

namespace merlon {

enum class NodeKind : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject, kKey };

using NodeId = std::uint32_t;
inline constexpr NodeId kNoNode = 0xFFFFFFFFU;

/// Bits of Node::flags.
enum NodeFlags : std::uint8_t {
  kNodeEscaped = 1,    ///< the source has escapes: decode before use
  kNodeStored = 2,     ///< the decoded text is kept by the document (TOML, YAML)
  kNodeDuplicate = 4,  ///< a key that the same object already had
  kNodeLines = 8,      ///< the root of JSON lines: its elements are documents of their own
};

struct Node {
  std::uint32_t begin{0};  ///< first byte in the source, quotes included
  std::uint32_t end{0};    ///< after the last byte
  NodeId parent{kNoNode};  ///< the container; for a member's value its key
  NodeId next{0};          ///< the node after this one's subtree (the array size at the end)
  std::uint32_t index{0};  ///< position among the container's elements or members
  NodeKind kind{NodeKind::kNull};
  std::uint8_t flags{0};
  std::uint8_t label{0};  ///< what a format reader says this string is; 0: nothing said
  std::uint8_t spare{0};
};
static_assert(sizeof(Node) == 24);

class Document {
 public:
  Document() = default;
  explicit Document(std::shared_ptr<const SourceText> source) : source_(std::move(source)) {}

  [[nodiscard]] const SourceText& source() const { return *source_; }
  [[nodiscard]] const std::shared_ptr<const SourceText>& shared_source() const { return source_; }
  [[nodiscard]] bool empty() const { return nodes_.empty(); }
  [[nodiscard]] NodeId root() const { return 0; }
  [[nodiscard]] NodeId size() const { return static_cast<NodeId>(nodes_.size()); }
  [[nodiscard]] const Node& node(NodeId id) const { return nodes_[id]; }
  [[nodiscard]] NodeKind kind(NodeId id) const { return nodes_[id].kind; }
  [[nodiscard]] bool is(NodeId id, NodeKind kind) const {
    return id != kNoNode && nodes_[id].kind == kind;
  }

  /// The value nodes of an array; nothing for other kinds.
  [[nodiscard]] std::vector<NodeId> elements(NodeId array) const;
  /// (key node, value node) of an object in order, duplicates included; nothing for other kinds.
  [[nodiscard]] std::vector<std::pair<NodeId, NodeId>> members(NodeId object) const;
  /// The value of the *first* member with this (decoded) key; nothing when absent or `object` is
  /// not an object. Accepts kNoNode.
  [[nodiscard]] std::optional<NodeId> find(NodeId object, std::string_view key) const;
  [[nodiscard]] std::optional<NodeId> find(std::optional<NodeId> object,
                                           std::string_view key) const;
  /// The same, only when the value is of this kind.
  [[nodiscard]] std::optional<NodeId> find(NodeId object, std::string_view key,
                                           NodeKind kind) const;

  /// The decoded text of a string or key; the source bytes of a number or literal. The view is into
  /// the source or the document where possible, else into `scratch`. Lone surrogate escapes decode
  /// to U+FFFD.
  [[nodiscard]] std::string_view text(NodeId id, std::string& scratch) const;
  [[nodiscard]] std::string text(NodeId id) const;
  /// The text when the node is there and a string, else `fallback`.
  [[nodiscard]] std::string string_or(std::optional<NodeId> id, std::string_view fallback) const;
  [[nodiscard]] bool is_true(std::optional<NodeId> id) const;
  /// The source bytes, quotes included.
  [[nodiscard]] std::string_view raw(NodeId id) const;

  /// RFC 6901 pointer from the root of the file (for JSON lines: from the root of that line's
  /// document).
  [[nodiscard]] std::string pointer(NodeId id) const;
  /// The place of the whole node; of strings and keys without the quotes.
  [[nodiscard]] Location locate(NodeId id) const;
  /// The place of bytes [begin, end) of the *decoded* text of a string or key. Exact for JSON and
  /// for text that stands in the source as it is; else the nearest range.
  [[nodiscard]] Location locate(NodeId id, std::size_t begin, std::size_t end) const;
  /// The same as source byte offsets {first, after the last}.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> source_range(NodeId id, std::size_t begin,
                                                                     std::size_t end) const;

  void set_label(NodeId id, std::uint8_t label) { nodes_[id].label = label; }
  [[nodiscard]] std::uint8_t label(NodeId id) const { return nodes_[id].label; }

  // Building, for the readers of base/. Nodes are added in document order: open, children, close.
  NodeId add(NodeKind kind, std::uint32_t begin, std::uint32_t end, NodeId parent,
             std::uint8_t flags);
  void close(NodeId id, std::uint32_t end);
  void store_text(NodeId id, std::string decoded);
  /// A second copy of `from` and all in it as the last child of `parent`; places stay those of the
  /// original.
  NodeId copy_subtree(NodeId from, NodeId parent, std::uint32_t index);
  void set_index(NodeId id, std::uint32_t index) { nodes_[id].index = index; }
  void add_flags(NodeId id, std::uint8_t flags) {
    nodes_[id].flags = static_cast<std::uint8_t>(nodes_[id].flags | flags);
  }
  void reserve(std::size_t nodes) { nodes_.reserve(nodes); }

 private:
  std::shared_ptr<const SourceText> source_;
  std::vector<Node> nodes_;
  std::unordered_map<NodeId, std::string> stored_;
};

}  // namespace merlon
