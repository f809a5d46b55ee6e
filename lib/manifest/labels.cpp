#include "manifest/labels.h"

#include <utility>

#include "base/text.h"

namespace merlon {
namespace {

constexpr std::size_t kNotesShown = 100;

template <class Wanted>
void label_where(Document& document, std::optional<NodeId> node, Surface surface, Wanted wanted) {
  if (!node || *node == kNoNode) {
    return;
  }
  // A subtree is a run of the tape.
  for (NodeId id = *node; id < document.node(*node).next; ++id) {
    if (wanted(document.kind(id))) {
      document.set_label(id, static_cast<std::uint8_t>(surface));
    }
  }
}

}  // namespace

void label(Document& document, std::optional<NodeId> node, Surface surface) {
  if (node && *node != kNoNode) {
    document.set_label(*node, static_cast<std::uint8_t>(surface));
  }
}

void label_all(Document& document, std::optional<NodeId> node, Surface surface) {
  label_where(document, node, surface,
              [](NodeKind kind) { return kind == NodeKind::kString || kind == NodeKind::kKey; });
}

void label_strings(Document& document, std::optional<NodeId> node, Surface surface) {
  label_where(document, node, surface, [](NodeKind kind) { return kind == NodeKind::kString; });
}

void label_pairs(Document& document, std::optional<NodeId> object, Surface names, Surface values) {
  if (!object) {
    return;
  }
  label_strings(document, object, values);
  for (const auto& [key, value] : document.members(*object)) {
    label(document, key, names);
  }
}

void add_note(Manifest& manifest, NodeId node, std::string message, bool incomplete) {
  if (manifest.notes.size() > kNotesShown) {
    manifest.notes.back().incomplete = manifest.notes.back().incomplete || incomplete;
    return;
  }
  if (manifest.notes.size() == kNotesShown) {
    message = "more of the same kind; only the first hundred are listed";
  }
  manifest.notes.push_back(
      ReadNote{.node = node, .message = escape_for_display(message), .incomplete = incomplete});
}

std::unexpected<Error> format_error(const Document& document, NodeId node, std::string message) {
  Error error{.code = ErrorCode::kFormat, .message = std::move(message), .where = {}, .hints = {}};
  error.where = document.locate(node);
  return std::unexpected(std::move(error));
}

std::string_view describe(NodeKind kind) {
  switch (kind) {
    case NodeKind::kNull: return "null";
    case NodeKind::kBool: return "a boolean";
    case NodeKind::kNumber: return "a number";
    case NodeKind::kString: return "a string";
    case NodeKind::kArray: return "an array";
    case NodeKind::kObject: return "an object";
    case NodeKind::kKey: return "a key";
  }
  return "a value";
}

}  // namespace merlon
