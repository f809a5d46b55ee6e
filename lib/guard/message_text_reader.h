#pragma once
/// All texts of a message, one after the other: every key and string of `params`, `result` or
/// `error` at any depth, structured content and embedded resources included.
///
///   MessageTextReader reader(message);
///   MessageText text;
///   while (reader.next(text)) { ... }
///
/// Linear; nothing is copied that the document can show. `text` and `key` are valid until the next
/// call.
#include <string>
#include <string_view>

#include "model/message.h"

namespace merlon {

enum class TextKind : std::uint8_t {
  kKey,
  kString,
  kNumber,
  kBlob,  ///< base64 of an image, a sound or a `blob`; `text` is the base64
};

struct MessageText {
  NodeId node{kNoNode};
  TextKind kind{TextKind::kString};
  std::string_view text;
  std::string_view key;  ///< the member that a string or number is the value of; else empty
};

class MessageTextReader {
 public:
  explicit MessageTextReader(const Message& message);
  /// Of a part of the message only; kNoNode: nothing.
  MessageTextReader(const Document& document, NodeId part);
  MessageTextReader(const MessageTextReader&) = delete;
  MessageTextReader& operator=(const MessageTextReader&) = delete;
  ~MessageTextReader() = default;

  [[nodiscard]] bool next(MessageText& out);

 private:
  [[nodiscard]] bool is_blob(NodeId node, std::string_view text) const;

  const Document& document_;
  NodeId at_{0};
  NodeId end_{0};
  std::string_view key_;  ///< into the document or `key_scratch_`
  std::string key_scratch_;
  NodeId key_node_{kNoNode};
  std::string scratch_;
};

/// The part of a message that a peer fills: `params`, `result` or `error`; kNoNode without one.
[[nodiscard]] NodeId body_of(const Message& message);

}  // namespace merlon
