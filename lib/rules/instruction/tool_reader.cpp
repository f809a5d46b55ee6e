#include "rules/instruction/tool_reader.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kShortValue = 24;

enum class KeyKind : std::uint8_t { kOther, kProse, kValue };

KeyKind kind_of_key(std::string_view key) {
  constexpr std::array<std::string_view, 3> kProse{"description", "title", "$comment"};
  constexpr std::array<std::string_view, 6> kValues{"default", "const", "examples",
                                                    "example", "enum",  "pattern"};
  if (std::find(kProse.begin(), kProse.end(), key) != kProse.end()) {
    return KeyKind::kProse;
  }
  return std::find(kValues.begin(), kValues.end(), key) != kValues.end() ? KeyKind::kValue
                                                                         : KeyKind::kOther;
}

/// A word or an identifier is no text.
bool is_text(std::string_view value) {
  return value.find(' ') != std::string_view::npos || !is_ascii(value) ||
         value.size() > kShortValue;
}

class ToolReader {
 public:
  ToolReader(const Document& document, std::uint64_t max_bytes, InstructionScorer& scorer,
             ToolReading& out)
      : document_(document), room_(max_bytes), scorer_(scorer), out_(out) {}

  void read(const Item& item) {
    out_.nodes.clear();
    out_.cut = false;
    scorer_.begin_tool(item.name == kNoNode ? "" : document_.text(item.name, scratch_));
    if (item.input_schema != kNoNode) {
      add_parameters(item.input_schema);
    }
    if (const auto title = document_.find(item.node, "title", NodeKind::kString)) {
      add(StringKind::kTitle, *title);
    }
    if (document_.is(item.description, NodeKind::kString)) {
      add(StringKind::kDescription, item.description);
    }
    for (const NodeId part : {item.input_schema, item.output_schema, item.annotations}) {
      if (part != kNoNode) {
        add_strings(part);
      }
    }
    if (const auto meta = document_.find(item.node, "_meta")) {
      add_strings(*meta);
    }
  }

 private:
  void add(StringKind kind, NodeId node) {
    std::string_view text = document_.text(node, scratch_);
    if (text.size() > room_) {
      out_.cut = true;
      std::size_t end = room_;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
      }
      text = text.substr(0, end);
    }
    room_ -= text.size();
    out_.nodes.push_back(node);
    scorer_.add_string(kind, text);
  }

  /// A string belongs to the innermost key around it; elements of an array to the array's.
  void add_strings(NodeId root) {
    const NodeId end = document_.node(root).next;
    NodeId array = kNoNode;
    KeyKind array_kind = KeyKind::kOther;
    for (NodeId id = root; id < end; ++id) {
      const NodeKind kind = document_.kind(id);
      if (kind != NodeKind::kString && kind != NodeKind::kArray) {
        continue;
      }
      const NodeId parent = document_.node(id).parent;
      KeyKind key = KeyKind::kOther;
      if (parent != kNoNode && parent == array) {
        key = array_kind;
      } else if (id != root) {
        key = kind_around(id, root);
      }
      if (kind == NodeKind::kArray) {
        array = id;
        array_kind = key;
      } else if (key != KeyKind::kOther && is_text(document_.text(id, scratch_))) {
        add(key == KeyKind::kProse ? StringKind::kProperty : StringKind::kValue, id);
      }
    }
  }

  [[nodiscard]] KeyKind kind_around(NodeId id, NodeId root) {
    NodeId at = document_.node(id).parent;
    while (at != root && at != kNoNode && document_.kind(at) == NodeKind::kArray) {
      at = document_.node(at).parent;
    }
    return document_.is(at, NodeKind::kKey) ? kind_of_key(document_.text(at, key_scratch_))
                                            : KeyKind::kOther;
  }

  void add_parameters(NodeId schema) {
    const NodeId end = document_.node(schema).next;
    for (NodeId id = schema; id < end; ++id) {
      if (document_.kind(id) != NodeKind::kKey ||
          document_.text(id, key_scratch_) != "properties" ||
          !document_.is(id + 1, NodeKind::kObject)) {
        continue;
      }
      for (const auto& [key, value] : document_.members(id + 1)) {
        scorer_.add_parameter(document_.text(key, key_scratch_));
      }
    }
  }

  const Document& document_;
  std::uint64_t room_;
  InstructionScorer& scorer_;
  ToolReading& out_;
  std::string scratch_;
  std::string key_scratch_;
};

}  // namespace

void read_tool(const Document& document, const Item& item, std::uint64_t max_bytes,
               InstructionScorer& scorer, ToolReading& out) {
  ToolReader(document, max_bytes, scorer, out).read(item);
}

}  // namespace merlon
