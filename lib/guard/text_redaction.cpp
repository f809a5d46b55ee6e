#include "guard/text_redaction.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/json/json_writer.h"
#include "base/text.h"

namespace merlon {
namespace {

/// True when a pointer to the node leads to another one: a key on the way stands twice.
bool is_behind_duplicate(const Document& document, NodeId node) {
  for (; node != kNoNode; node = document.node(node).parent) {
    if ((document.node(node).flags & kNodeDuplicate) != 0) {
      return true;
    }
  }
  return false;
}

std::string replaced(std::string_view text, std::span<const TextPiece> pieces) {
  std::string out;
  std::size_t at = 0;
  for (const TextPiece& piece : pieces) {
    out.append(text.substr(at, piece.begin - at)).append(piece.by);
    at = piece.end;
  }
  out.append(text.substr(at));
  return out;
}

std::string json_of(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

}  // namespace

void TextRedaction::add(NodeId node, bool remove, std::string json) {
  if (edits_.size() >= kMostEdits || is_behind_duplicate(document_, node)) {
    impossible_ = true;
    return;
  }
  edits_.push_back({.pointer = document_.pointer(node), .remove = remove, .json = std::move(json)});
}

void TextRedaction::replace(const MessageText& text, std::span<const TextPiece> pieces) {
  switch (text.kind) {
    case TextKind::kKey: add(text.node + 1, true, {}); return;
    case TextKind::kBlob:
      add(text.node, false, json_of(to_base64(replaced(text_of_blob(text.text), pieces))));
      return;
    case TextKind::kString:
    case TextKind::kNumber: break;
  }
  add(text.node, false, json_of(replaced(text.text, pieces)));
}

void TextRedaction::replace_all(const MessageText& text, std::string_view by) {
  switch (text.kind) {
    case TextKind::kKey: add(text.node + 1, true, {}); return;
    case TextKind::kBlob: add(text.node, false, json_of(to_base64(by))); return;
    case TextKind::kString:
    case TextKind::kNumber: break;
  }
  add(text.node, false, json_of(by));
}

std::string text_of_blob(std::string_view base64) {
  std::string bytes = from_base64(base64, Base64Alphabet::kEither).value_or("");
  const bool control = std::any_of(bytes.begin(), bytes.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
  });
  return control || find_invalid_utf8(bytes) ? std::string() : bytes;
}

}  // namespace merlon
