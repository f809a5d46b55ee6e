#include "guard/message_text_reader.h"

#include "base/base64.h"

namespace merlon {
namespace {

/// Shorter ones are words that happen to stand where a blob could.
constexpr std::size_t kLeastBlob = 16;
/// How many members of an object are looked at for its type. A type behind them is none: the data
/// is then read as text.
constexpr int kMostMembers = 16;

/// True for `{"type": "image" | "audio", ...}`.
bool is_media(const Document& document, NodeId object) {
  const NodeId end = document.node(object).next;
  NodeId key = object + 1;
  for (int i = 0; i < kMostMembers && key < end; ++i) {
    if (document.raw(key) == "\"type\"") {
      const std::string_view value = document.raw(key + 1);
      return value == "\"image\"" || value == "\"audio\"";
    }
    key = document.node(key + 1).next;
  }
  return false;
}

}  // namespace

NodeId body_of(const Message& message) {
  switch (message.kind) {
    case MessageKind::kRequest:
    case MessageKind::kNotification: return message.params;
    case MessageKind::kResult: return message.result;
    case MessageKind::kError: return message.error;
  }
  return kNoNode;
}

MessageTextReader::MessageTextReader(const Message& message, LongTexts* shared)
    : MessageTextReader(message.document, body_of(message), shared) {}

MessageTextReader::MessageTextReader(const Document& document, NodeId part, LongTexts* shared)
    : document_(document), shared_(shared) {
  if (part != kNoNode) {
    at_ = part;
    end_ = document.node(part).next;
  }
}

bool MessageTextReader::next(MessageText& out) {
  while (at_ < end_) {
    const NodeId node = at_++;
    const NodeKind kind = document_.kind(node);
    if (kind == NodeKind::kKey) {
      key_ = document_.text(node, key_scratch_);
      key_node_ = node;
      out = {.node = node, .kind = TextKind::kKey, .text = key_, .key = {}};
      return true;
    }
    if (kind != NodeKind::kString && kind != NodeKind::kNumber) {
      continue;
    }
    out.node = node;
    read_text(node, out);
    out.key = document_.node(node).parent == key_node_ && key_node_ != kNoNode ? key_
                                                                               : std::string_view();
    out.kind = kind == NodeKind::kNumber ? TextKind::kNumber
               : is_blob(node, out.text) ? TextKind::kBlob
                                         : TextKind::kString;
    if (out.kind == TextKind::kBlob) {
      out.folded = nullptr;  // what counts there is what the base64 stands for
    }
    return true;
  }
  return false;
}

void MessageTextReader::read_text(NodeId node, MessageText& out) {
  const LongText* const known = shared_ != nullptr ? shared_->of(document_, node) : nullptr;
  out.text = known != nullptr ? known->text : document_.text(node, scratch_);
  out.folded = known != nullptr ? &known->folded : nullptr;
}

/// `data` of an image or sound, `blob` of a resource; what is not base64 there is read as text.
bool MessageTextReader::is_blob(NodeId node, std::string_view text) const {
  if (text.size() < kLeastBlob || key_node_ == kNoNode ||
      document_.node(node).parent != key_node_) {
    return false;
  }
  const bool named =
      key_ == "blob" || (key_ == "data" && is_media(document_, document_.node(key_node_).parent));
  return named && from_base64(text, Base64Alphabet::kEither).has_value();
}

}  // namespace merlon
